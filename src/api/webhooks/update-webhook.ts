import { createRoute } from '@hono/zod-openapi';
import { replaceWebhook } from '../../webhooks/update-webhook.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { ringDue } from './ring-due.ts';
import { bodyWarnings, showWebhook } from './show-webhook.ts';
import { toChange, webhookBody } from './webhook-body.ts';
import { webhookChecksOf } from './webhook-policy.ts';
import { webhookSchema } from './webhook-schema.ts';

const route = createRoute({
  operationId: 'updateWabaWebhook',
  method: 'put',
  path: '/api/v1/webhooks/waba/{id}/',
  tags: ['Webhooks'],
  request: { params: idParams, ...jsonBody(webhookBody) },
  responses: { 200: json(webhookSchema, 'The webhook.'), ...failures(400, 403, 404) },
});

/** Replaces a webhook: what the body leaves out is as in a new one. Owner and secret stay. */
export function updateWabaWebhook(api: Api): void {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const body = c.req.valid('json');
    const draft = { ...toChange(body), url: body.url };
    const { stack, user } = c.var;
    const webhook = await replaceWebhook(stack, user, id, draft, webhookChecksOf(c));
    c.executionCtx.waitUntil(ringDue(c.var, id));
    return c.json(await showWebhook(c, webhook, await bodyWarnings(c, false)), 200);
  });
}
