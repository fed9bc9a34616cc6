import { createRoute } from '@hono/zod-openapi';
import { listChats } from '../../inbox/chats/list-chats.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { textField } from '../fields.ts';
import { longPage } from '../long-page.ts';
import { pageQuery, pageSchema } from '../pagination.ts';
import { queryParam } from '../query-param.ts';
import { failures, json } from '../route-parts.ts';
import { chatSchema } from './chat-schema.ts';

/** A chat comes with its last message, which may take tens of kilobytes. */
const MAX_CHATS = 1_000;

const chatsQuery = pageQuery.extend({
  limit: pageQuery.shape.limit
    .transform((limit) => Math.min(limit, MAX_CHATS))
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_CHATS }),
  search: queryParam(textField()),
});

const route = createRoute({
  operationId: 'listChats',
  method: 'get',
  path: '/api/v1/chats/',
  tags: ['Chats'],
  request: { query: chatsQuery },
  responses: {
    200: json(pageSchema(chatSchema), 'The chats, those with the newest messages first.'),
    ...failures(400, 403),
  },
});

/** Lists the chats that the caller may read, with what is new in them. */
export function listAllChats(api: Api): void {
  api.openapi(route, async (c) => {
    const { search, ...part } = c.req.valid('query');
    const list = await listChats(c.var.stack.db, c.var.user, { search, part }, baseUrlOf(c));
    return c.json(longPage(c, list, part), 200);
  });
}
