import { createRoute } from '@hono/zod-openapi';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { answerLog } from './answer-log.ts';
import { deliveriesQuery, toLogRequest } from './deliveries-query.ts';
import { deliveriesAnswer, LOG_DESCRIPTION } from './delivery-schema.ts';

const route = createRoute({
  operationId: 'listDeliveries',
  method: 'get',
  path: '/api/v1/deliveries/',
  tags: ['Deliveries'],
  description: LOG_DESCRIPTION,
  request: { query: deliveriesQuery },
  responses: {
    200: json(deliveriesAnswer, "Deliveries to your webhooks; an admin's list has everybody's."),
    ...failures(400, 403, 404),
  },
});

/** Lists deliveries, whatever became of them. */
export function listAllDeliveries(api: Api): void {
  api.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const request = { ...toLogRequest(query), webhookId: query.webhook };
    return c.json(await answerLog(c, request), 200);
  });
}
