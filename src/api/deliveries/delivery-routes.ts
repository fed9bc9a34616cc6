import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { logError } from '../../log.ts';
import { listDeliveries, type LogRequest } from '../../webhooks/log/list-deliveries.ts';
import { retrieveDelivery } from '../../webhooks/log/retrieve-delivery.ts';
import { retryDelivery } from '../../webhooks/log/retry-delivery.ts';
import { skipDelivery } from '../../webhooks/log/skip-delivery.ts';
import type { Api, ApiEnv } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json, signedInRoute } from '../route-parts.ts';
import {
  deliveriesQuery,
  toLogRequest,
  webhookDeliveriesQuery,
  writeCursor,
} from './deliveries-query.ts';
import {
  deliveriesAnswer,
  deliverySchema,
  LOG_DESCRIPTION,
  retrievedDeliverySchema,
} from './delivery-schema.ts';
import { deliveryParams, presentDelivery, presentRetrieved } from './present-delivery.ts';

/** The log of deliveries, and what may be done about one. */
export function deliveryRoutes(api: Api): void {
  // Lists deliveries, whatever became of them.
  api.openapi(
    signedInRoute({
      operationId: 'listDeliveries',
      method: 'get',
      path: '/api/v1/deliveries/',
      tags: ['Deliveries'],
      description: LOG_DESCRIPTION,
      request: { query: deliveriesQuery },
      responses: {
        200: json(
          deliveriesAnswer,
          "Deliveries to your webhooks; an admin's list has everybody's.",
        ),
        ...failures(400, 403, 404),
      },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const request = { ...toLogRequest(query), webhookId: query.webhook };
      return c.json(await answerLog(c, request), 200);
    },
  );

  // Lists the deliveries of one webhook.
  api.openapi(
    signedInRoute({
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
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const request = { ...toLogRequest(c.req.valid('query')), webhookId: id };
      return c.json(await answerLog(c, request), 200);
    },
  );

  // Shows a delivery and what came of each of its attempts.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveDelivery',
      method: 'get',
      path: '/api/v1/deliveries/{id}/',
      tags: ['Deliveries'],
      request: { params: deliveryParams },
      responses: {
        200: json(retrievedDeliverySchema, 'The delivery with its attempts.'),
        ...failures(403, 404),
      },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const { delivery, attempts } = await retrieveDelivery(c.var.stack, c.var.user, id);
      return c.json(presentRetrieved(delivery, attempts), 200);
    },
  );

  // Makes a delivery due now, whatever has become of it.
  api.openapi(
    signedInRoute({
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
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const delivery = await retryDelivery(c.var.stack, c.var.user, id, Date.now());
      ringWebhook(c, id.webhook_id);
      return c.json(presentDelivery(delivery), 200);
    },
  );

  // Gives up a delivery that is due.
  api.openapi(
    signedInRoute({
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
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const delivery = await skipDelivery(c.var.stack, c.var.user, id, Date.now());
      ringWebhook(c, id.webhook_id);
      return c.json(presentDelivery(delivery), 200);
    },
  );
}

/** Makes the answer of a list of deliveries. Throws as `listDeliveries` does. */
async function answerLog(
  c: Context<ApiEnv>,
  request: LogRequest,
): Promise<z.input<typeof deliveriesAnswer>> {
  const { deliveries, next } = await listDeliveries(c.var.stack, c.var.user, request);
  const link = new URL(c.req.url);
  if (next !== null) link.searchParams.set('cursor', writeCursor(next));
  return {
    results: deliveries.map(presentDelivery),
    next: next === null ? null : link.href,
  };
}

/** Rings for a webhook with due deliveries. The Stack object finds them by itself where this is lost. */
function ringWebhook(c: Context<ApiEnv>, webhook: number): void {
  const { bells, stack } = c.var;
  const rung = bells.webhooks([webhook]).catch((error: unknown) => {
    logError('webhook_bell_failed', error, { stack: stack.config.name, webhook });
  });
  c.executionCtx.waitUntil(rung);
}
