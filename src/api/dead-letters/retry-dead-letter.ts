import { createRoute, z } from '@hono/zod-openapi';
import { retryDeadLetter } from '../../webhooks/dead-letters/retry-dead-letters.ts';
import { ringAgain } from '../../webhooks/dead-letters/ring-again.ts';
import type { Api } from '../api-env.ts';
import { idParams } from '../fields.ts';
import { failures, json } from '../route-parts.ts';

const route = createRoute({
  operationId: 'retryDeadLetter',
  method: 'post',
  path: '/api/v1/dead_letters/{id}/retry/',
  tags: ['Dead letters'],
  request: { params: idParams },
  responses: {
    200: json(
      z.object({}),
      'It is on its way again; where that fails it is back, with another id.',
    ),
    ...failures(403, 404),
  },
});

/** Drives a dead letter again. */
export function retryOneDeadLetter(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, bells, user } = c.var;
    const { doorbells } = await retryDeadLetter(stack.db, user, c.req.valid('param').id);
    c.executionCtx.waitUntil(ringAgain(bells, doorbells, stack.config.name));
    return c.json({}, 200);
  });
}
