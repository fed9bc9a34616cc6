import { createRoute } from '@hono/zod-openapi';
import { skipDelivery } from '../../webhooks/log/skip-delivery.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { deliveryParams } from './delivery-params.ts';
import { deliverySchema } from './delivery-schema.ts';
import { presentDelivery } from './present-delivery.ts';
import { ringWebhook } from './ring-webhook.ts';

const route = createRoute({
  operationId: 'skipDelivery',
  method: 'post',
  path: '/api/v1/deliveries/{id}/skip/',
  tags: ['Deliveries'],
  description:
    'Gives up a delivery that is due. Where the webhook gets its chats in order, the next one of the chat may go.',
  request: { params: deliveryParams },
  responses: {
    200: json(deliverySchema, 'The delivery, which is dropped.'),
    ...failures(403, 404, 409),
  },
});

/** Gives up a delivery that is due. */
export function skipOneDelivery(api: Api): void {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const delivery = await skipDelivery(c.var.stack, c.var.user, id, Date.now());
    ringWebhook(c, id.webhook_id);
    return c.json(presentDelivery(delivery), 200);
  });
}
