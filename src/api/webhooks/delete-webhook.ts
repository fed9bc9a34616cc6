import { createRoute } from '@hono/zod-openapi';
import { deleteWebhook } from '../../webhooks/delete-webhook.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures } from '../route-parts.ts';

const route = createRoute({
  operationId: 'deleteWabaWebhook',
  method: 'delete',
  path: '/api/v1/webhooks/waba/{id}/',
  tags: ['Webhooks'],
  request: { params: idParams },
  responses: {
    204: { description: 'Gone, with what was still to be delivered.' },
    ...failures(403, 404),
  },
});

/** Deletes a webhook. */
export function deleteWabaWebhook(api: Api): void {
  api.openapi(route, async (c) => {
    await deleteWebhook(c.var.stack, c.var.user, c.req.valid('param').id);
    return c.body(null, 204);
  });
}
