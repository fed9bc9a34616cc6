import { createRoute } from '@hono/zod-openapi';
import { newWebhookSecret } from '../../outbound/signature.ts';
import { createWebhook } from '../../webhooks/create-webhook.ts';
import type { Api } from '../api-env.ts';
import { failures, json, jsonBody } from '../route-parts.ts';
import { bodyWarnings, showWebhook } from './show-webhook.ts';
import { newWebhookBody, toChange } from './webhook-body.ts';
import { webhookChecksOf } from './webhook-policy.ts';
import { createdWebhookSchema } from './webhook-schema.ts';

const route = createRoute({
  operationId: 'createWabaWebhook',
  method: 'post',
  path: '/api/v1/webhooks/waba/',
  tags: ['Webhooks'],
  request: jsonBody(newWebhookBody),
  responses: {
    201: json(createdWebhookSchema, 'The webhook; it gets events from now on.'),
    ...failures(400, 403),
  },
});

/** Makes a webhook of the caller's. */
export function createWabaWebhook(api: Api): void {
  api.openapi(route, async (c) => {
    const body = c.req.valid('json');
    const draft = { ...toChange(body), url: body.url };
    const secret = body.secret ?? newWebhookSecret();
    const { stack, user } = c.var;
    const webhook = await createWebhook(stack, user, draft, secret, webhookChecksOf(c));
    const shown = await showWebhook(c, webhook, await bodyWarnings(c, true));
    return c.json({ ...shown, secret }, 201);
  });
}
