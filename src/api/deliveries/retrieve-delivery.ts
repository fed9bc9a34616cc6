import { createRoute } from '@hono/zod-openapi';
import { retrieveDelivery } from '../../webhooks/log/retrieve-delivery.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';
import { deliveryParams } from './delivery-params.ts';
import { retrievedDeliverySchema } from './delivery-schema.ts';
import { presentRetrieved } from './present-delivery.ts';

const route = createRoute({
  operationId: 'retrieveDelivery',
  method: 'get',
  path: '/api/v1/deliveries/{id}/',
  tags: ['Deliveries'],
  request: { params: deliveryParams },
  responses: {
    200: json(retrievedDeliverySchema, 'The delivery with its attempts.'),
    ...failures(403, 404),
  },
});

/** Shows a delivery and what came of each of its attempts. */
export function retrieveOneDelivery(api: Api): void {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const { delivery, attempts } = await retrieveDelivery(c.var.stack, c.var.user, id);
    return c.json(presentRetrieved(delivery, attempts), 200);
  });
}
