import { createRoute } from '@hono/zod-openapi';
import { listMessages } from '../../inbox/messages/list-messages.ts';
import type { Api } from '../api-env.ts';
import { linksOf } from '../base-url.ts';
import { longPage } from '../long-page.ts';
import { pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { messageSchema } from './message-schema.ts';
import { messagesQuery, toRequest } from './messages-query.ts';

const route = createRoute({
  operationId: 'listMessages',
  method: 'get',
  path: '/api/v1/messages/',
  tags: ['Messages'],
  request: { query: messagesQuery },
  responses: {
    200: json(pageSchema(messageSchema), 'The messages, newest first.'),
    ...failures(400, 403),
  },
});

/** Lists the messages that the caller may read. */
export function listAllMessages(api: Api): void {
  api.openapi(route, async (c) => {
    const request = toRequest(c.req.valid('query'));
    const list = await listMessages(c.var.stack.db, c.var.user, request, linksOf(c));
    return c.json(longPage(c, list, request.part), 200);
  });
}
