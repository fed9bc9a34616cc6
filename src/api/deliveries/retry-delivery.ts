import { createRoute } from '@hono/zod-openapi';
import { retryDelivery } from '../../webhooks/log/retry-delivery.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { deliveryParams } from './delivery-params.ts';
import { deliverySchema } from './delivery-schema.ts';
import { presentDelivery } from './present-delivery.ts';
import { ringWebhook } from './ring-webhook.ts';

const route = createRoute({
  operationId: 'retryDelivery',
  method: 'post',
  path: '/api/v1/deliveries/{id}/retry/',
  tags: ['Deliveries'],
  description:
    'Has the delivery attempted as soon as the webhook can be asked, also where it was delivered already. One that has ended begins anew, with its count of attempts at 0.',
  request: { params: deliveryParams },
  responses: {
    200: json(deliverySchema, 'The delivery, which is due now.'),
    ...failures(403, 404, 409),
  },
});

/** Makes a delivery due now, whatever has become of it. */
export function retryOneDelivery(api: Api): void {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const delivery = await retryDelivery(c.var.stack, c.var.user, id, Date.now());
    ringWebhook(c, id.webhook_id);
    return c.json(presentDelivery(delivery), 200);
  });
}
