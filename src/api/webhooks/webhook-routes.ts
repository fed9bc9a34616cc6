import { newWebhookSecret } from '../../outbound/signature.ts';
import { createWebhook } from '../../webhooks/create-webhook.ts';
import { deleteWebhook } from '../../webhooks/delete-webhook.ts';
import { knownWebhooks, listWebhooks, retrieveWebhook } from '../../webhooks/find-webhooks.ts';
import { replaceWebhook, updateWebhook } from '../../webhooks/update-webhook.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { idParams } from '../fields.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import { ringDue } from './ring-due.ts';
import { bodyWarnings, showWebhook } from './show-webhook.ts';
import { newWebhookBody, toChange, webhookBody, webhookPatchBody } from './webhook-body.ts';
import { createdWebhookSchema, presentWebhook, webhookSchema } from './webhook-schema.ts';
import { webhookPolicyOf } from './webhook-policy.ts';

/** Webhooks. */
export function webhookRoutes(api: Api): void {
  // Lists webhooks, oldest first.
  api.openapi(
    signedInRoute({
      operationId: 'listWabaWebhooks',
      method: 'get',
      path: '/api/v1/webhooks/waba/',
      tags: ['Webhooks'],
      request: { query: pageQuery },
      responses: {
        200: json(pageSchema(webhookSchema), "Your webhooks; an admin's list has everybody's."),
        ...failures(403),
      },
    }),
    async (c) => {
      const { limit, offset } = c.req.valid('query');
      const { stack, user } = c.var;
      const { count, webhooks } = await listWebhooks(stack, user, { limit, offset });
      const known = await knownWebhooks(stack, user);
      const results = webhooks.map((webhook) => presentWebhook(webhook, baseUrlOf(c), known));
      return c.json(page(c, { count, results, limit, offset }), 200);
    },
  );

  // Makes a webhook of the caller's.
  api.openapi(
    signedInRoute({
      operationId: 'createWabaWebhook',
      method: 'post',
      path: '/api/v1/webhooks/waba/',
      tags: ['Webhooks'],
      request: jsonBody(newWebhookBody),
      responses: {
        201: json(createdWebhookSchema, 'The webhook; it gets events from now on.'),
        ...failures(400, 403),
      },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const draft = { ...toChange(body), url: body.url };
      const secret = body.secret ?? newWebhookSecret();
      const { stack, user } = c.var;
      const webhook = await createWebhook(stack, user, draft, secret, webhookPolicyOf(c));
      const shown = await showWebhook(c, webhook, await bodyWarnings(c, true));
      return c.json({ ...shown, secret }, 201);
    },
  );

  // Shows one webhook.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveWabaWebhook',
      method: 'get',
      path: '/api/v1/webhooks/waba/{id}/',
      tags: ['Webhooks'],
      request: { params: idParams },
      responses: { 200: json(webhookSchema, 'The webhook.'), ...failures(403, 404) },
    }),
    async (c) => {
      const webhook = await retrieveWebhook(c.var.stack, c.var.user, c.req.valid('param').id);
      return c.json(await showWebhook(c, webhook), 200);
    },
  );

  // Replaces a webhook: what the body leaves out is as in a new one. Owner and secret stay.
  api.openapi(
    signedInRoute({
      operationId: 'updateWabaWebhook',
      method: 'put',
      path: '/api/v1/webhooks/waba/{id}/',
      tags: ['Webhooks'],
      request: { params: idParams, ...jsonBody(webhookBody) },
      responses: { 200: json(webhookSchema, 'The webhook.'), ...failures(400, 403, 404) },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const body = c.req.valid('json');
      const draft = { ...toChange(body), url: body.url };
      const { stack, user } = c.var;
      const webhook = await replaceWebhook(stack, user, id, draft, webhookPolicyOf(c));
      c.executionCtx.waitUntil(ringDue(c.var, id));
      return c.json(await showWebhook(c, webhook, await bodyWarnings(c, false)), 200);
    },
  );

  // Changes what the body names of a webhook.
  api.openapi(
    signedInRoute({
      operationId: 'partialUpdateWabaWebhook',
      method: 'patch',
      path: '/api/v1/webhooks/waba/{id}/',
      tags: ['Webhooks'],
      request: { params: idParams, ...jsonBody(webhookPatchBody) },
      responses: { 200: json(webhookSchema, 'The webhook.'), ...failures(400, 403, 404) },
    }),
    async (c) => {
      const { id } = c.req.valid('param');
      const change = toChange(c.req.valid('json'));
      const { stack, user } = c.var;
      const webhook = await updateWebhook(stack, user, id, change, webhookPolicyOf(c));
      c.executionCtx.waitUntil(ringDue(c.var, id));
      return c.json(await showWebhook(c, webhook, await bodyWarnings(c, false)), 200);
    },
  );

  // Deletes a webhook.
  api.openapi(
    signedInRoute({
      operationId: 'deleteWabaWebhook',
      method: 'delete',
      path: '/api/v1/webhooks/waba/{id}/',
      tags: ['Webhooks'],
      request: { params: idParams },
      responses: {
        204: { description: 'Gone, with what was still to be delivered.' },
        ...failures(403, 404),
      },
    }),
    async (c) => {
      await deleteWebhook(c.var.stack, c.var.user, c.req.valid('param').id);
      return c.body(null, 204);
    },
  );
}
