import { createRoute } from '@hono/zod-openapi';
import { updateWebhook } from '../../webhooks/update-webhook.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';
import { ringDue } from './ring-due.ts';
import { webhookChecksOf } from './webhook-policy.ts';
import { showWebhook } from './show-webhook.ts';
import { webhookSchema } from './webhook-schema.ts';

const route = createRoute({
  operationId: 'resumeWabaWebhook',
  method: 'post',
  path: '/api/v1/webhooks/waba/{id}/resume/',
  tags: ['Webhooks'],
  request: { params: idParams },
  responses: { 200: json(webhookSchema, 'The webhook.'), ...failures(403, 404, 409) },
});

/** Ends a pause, or enables what we disabled: what was missed is delivered. */
export function resumeWabaWebhook(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, user } = c.var;
    const { id } = c.req.valid('param');
    const webhook = await updateWebhook(stack, user, id, { isEnabled: true }, webhookChecksOf(c));
    c.executionCtx.waitUntil(ringDue(c.var, id));
    return c.json(await showWebhook(c, webhook), 200);
  });
}
