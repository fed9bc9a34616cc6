import { createRoute } from '@hono/zod-openapi';
import { listChats } from '../../inbox/chats/list-chats.ts';
import type { Api } from '../api-env.ts';
import { linksOf } from '../base-url.ts';
import { longPage } from '../long-page.ts';
import { pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { chatSchema } from './chat-schema.ts';
import { chatsQuery, toRequest } from './chats-query.ts';
import { plainFilters } from './plain-filters.ts';

const route = createRoute({
  operationId: 'listChats',
  method: 'get',
  path: '/api/v1/chats/',
  tags: ['Chats'],
  middleware: plainFilters,
  request: { query: chatsQuery },
  responses: {
    200: json(pageSchema(chatSchema), 'The chats, those with the newest messages first.'),
    ...failures(400, 403),
  },
});

/** Lists the chats that the caller may read, with what is new in them. */
export function listAllChats(api: Api): void {
  api.openapi(route, async (c) => {
    const request = toRequest(c.req.valid('query'));
    const list = await listChats(c.var.stack.db, c.var.user, request, linksOf(c));
    return c.json(longPage(c, list, request.part), 200);
  });
}
