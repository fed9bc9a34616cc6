import { createRoute } from '@hono/zod-openapi';
import { retrieveWebhook } from '../../webhooks/find-webhooks.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { showWebhook } from './show-webhook.ts';
import { webhookSchema } from './webhook-schema.ts';

const route = createRoute({
  operationId: 'retrieveWabaWebhook',
  method: 'get',
  path: '/api/v1/webhooks/waba/{id}/',
  tags: ['Webhooks'],
  request: { params: idParams },
  responses: { 200: json(webhookSchema, 'The webhook.'), ...failures(403, 404) },
});

/** Shows one webhook. */
export function retrieveWabaWebhook(api: Api): void {
  api.openapi(route, async (c) => {
    const webhook = await retrieveWebhook(c.var.stack, c.var.user, c.req.valid('param').id);
    return c.json(await showWebhook(c, webhook), 200);
  });
}
