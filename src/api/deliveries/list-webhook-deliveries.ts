import { createRoute } from '@hono/zod-openapi';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { answerLog } from './answer-log.ts';
import { toLogRequest, webhookDeliveriesQuery } from './deliveries-query.ts';
import { deliveriesAnswer, LOG_DESCRIPTION } from './delivery-schema.ts';

const route = createRoute({
  operationId: 'listWabaWebhookDeliveries',
  method: 'get',
  path: '/api/v1/webhooks/waba/{id}/deliveries/',
  tags: ['Deliveries'],
  description: LOG_DESCRIPTION,
  request: { params: idParams, query: webhookDeliveriesQuery },
  responses: {
    200: json(deliveriesAnswer, "The webhook's deliveries."),
    ...failures(400, 403, 404),
  },
});

/** Lists the deliveries of one webhook. */
export function listWabaWebhookDeliveries(api: Api): void {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const request = { ...toLogRequest(c.req.valid('query')), webhookId: id };
    return c.json(await answerLog(c, request), 200);
  });
}
