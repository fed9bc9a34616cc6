import { createRoute } from '@hono/zod-openapi';
import { knownWebhooks, listWebhooks } from '../../webhooks/find-webhooks.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { page, pageQuery, pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { presentWebhook } from './present-webhook.ts';
import { webhookSchema } from './webhook-schema.ts';

const route = createRoute({
  operationId: 'listWabaWebhooks',
  method: 'get',
  path: '/api/v1/webhooks/waba/',
  tags: ['Webhooks'],
  request: { query: pageQuery },
  responses: {
    200: json(pageSchema(webhookSchema), "Your webhooks; an admin's list has everybody's."),
    ...failures(403),
  },
});

/** Lists webhooks, oldest first. */
export function listWabaWebhooks(api: Api): void {
  api.openapi(route, async (c) => {
    const { limit, offset } = c.req.valid('query');
    const { stack, user } = c.var;
    const { count, webhooks } = await listWebhooks(stack, user, { limit, offset });
    const known = await knownWebhooks(stack, user);
    const results = webhooks.map((webhook) => presentWebhook(webhook, baseUrlOf(c), known));
    return c.json(page(c, { count, results, limit, offset }), 200);
  });
}
