import { createRoute } from '@hono/zod-openapi';
import { listDeadLetters } from '../../webhooks/dead-letters/list-dead-letters.ts';
import type { Api } from '../api-env.ts';
import { longPage } from '../long-page.ts';
import { pageQuery, pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { deadLetterSchema, presentDeadLetter } from './dead-letter-schema.ts';

const route = createRoute({
  operationId: 'listDeadLetters',
  method: 'get',
  path: '/api/v1/dead_letters/',
  tags: ['Dead letters'],
  summary: "What we failed on time and again: our own faults, never a receiver's.",
  request: { query: pageQuery },
  responses: {
    200: json(pageSchema(deadLetterSchema), 'The dead letters, newest first.'),
    ...failures(403),
  },
});

/** Lists the dead letters; only admins may see them. */
export function listAllDeadLetters(api: Api): void {
  api.openapi(route, async (c) => {
    const { limit, offset } = c.req.valid('query');
    const list = await listDeadLetters(c.var.stack.db, c.var.user, { limit, offset });
    const items = list.items.map(presentDeadLetter);
    return c.json(longPage(c, { ...list, items }, { limit, offset }), 200);
  });
}
