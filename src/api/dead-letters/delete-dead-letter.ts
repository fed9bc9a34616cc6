import { createRoute } from '@hono/zod-openapi';
import { forgetDeadLetter } from '../../webhooks/dead-letters/forget-dead-letter.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures } from '../route-parts.ts';

const route = createRoute({
  operationId: 'deleteDeadLetter',
  method: 'delete',
  path: '/api/v1/dead_letters/{id}/',
  tags: ['Dead letters'],
  request: { params: idParams },
  responses: {
    204: { description: 'Forgotten; an event that it was about is not delivered.' },
    ...failures(403, 404),
  },
});

/** Forgets a dead letter. */
export function deleteDeadLetter(api: Api): void {
  api.openapi(route, async (c) => {
    await forgetDeadLetter(c.var.stack.db, c.var.user, c.req.valid('param').id);
    return c.body(null, 204);
  });
}
