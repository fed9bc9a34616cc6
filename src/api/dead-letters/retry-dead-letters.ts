import { createRoute, z } from '@hono/zod-openapi';
import { retryDeadLetters } from '../../webhooks/dead-letters/retry-dead-letters.ts';
import { ringAgain } from '../../webhooks/dead-letters/ring-again.ts';
import type { Api } from '../api-env.ts';
import { failures, json } from '../route-parts.ts';

const answer = z.object({
  retried: z.int().openapi({ description: 'At most 100, the oldest.' }),
  has_more: z.boolean().openapi({ description: 'Whether there are more: then ask again.' }),
});

const route = createRoute({
  operationId: 'retryDeadLetters',
  method: 'post',
  path: '/api/v1/dead_letters/retry/',
  tags: ['Dead letters'],
  responses: { 200: json(answer, 'They are on their way again.'), ...failures(403) },
});

/** Drives all dead letters again, a hundred at a call. */
export function retryAllDeadLetters(api: Api): void {
  api.openapi(route, async (c) => {
    const { stack, bells, user } = c.var;
    const { doorbells, hasMore } = await retryDeadLetters(stack.db, user);
    c.executionCtx.waitUntil(ringAgain(bells, doorbells, stack.config.name));
    return c.json({ retried: doorbells.length, has_more: hasMore }, 200);
  });
}
