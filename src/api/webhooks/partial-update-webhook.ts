import { createRoute } from '@hono/zod-openapi';
import { updateWebhook } from '../../webhooks/update-webhook.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { ringDue } from './ring-due.ts';
import { bodyWarnings, showWebhook } from './show-webhook.ts';
import { toChange, webhookPatchBody } from './webhook-body.ts';
import { webhookChecksOf } from './webhook-policy.ts';
import { webhookSchema } from './webhook-schema.ts';

const route = createRoute({
  operationId: 'partialUpdateWabaWebhook',
  method: 'patch',
  path: '/api/v1/webhooks/waba/{id}/',
  tags: ['Webhooks'],
  request: { params: idParams, ...jsonBody(webhookPatchBody) },
  responses: { 200: json(webhookSchema, 'The webhook.'), ...failures(400, 403, 404) },
});

/** Changes what the body names of a webhook. */
export function partialUpdateWabaWebhook(api: Api): void {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const change = toChange(c.req.valid('json'));
    const { stack, user } = c.var;
    const webhook = await updateWebhook(stack, user, id, change, webhookChecksOf(c));
    c.executionCtx.waitUntil(ringDue(c.var, id));
    return c.json(await showWebhook(c, webhook, await bodyWarnings(c, false)), 200);
  });
}
