import { createRoute, z } from '@hono/zod-openapi';
import { notFound } from '../../error.ts';
import { findReadableChat } from '../../inbox/chats/find-chat.ts';
import { listMessages } from '../../inbox/messages/list-messages.ts';
import { retrieveMessage } from '../../inbox/messages/retrieve-message.ts';
import type { Api } from '../api-env.ts';
import { linksOf } from '../base-url.ts';
import { longPage } from '../long-page.ts';
import { pageSchema } from '../pagination.ts';
import { failures, json } from '../route-parts.ts';
import { messageSchema } from './message-schema.ts';
import { messagesQuery, toRequest } from './messages-query.ts';

const route = createRoute({
  operationId: 'retrieveMessage',
  method: 'get',
  path: '/api/v1/messages/{id}/',
  tags: ['Messages'],
  request: { params: z.object({ id: z.string() }), query: messagesQuery },
  responses: {
    200: json(
      z.union([messageSchema, pageSchema(messageSchema)]),
      "The message of this id (ours or WhatsApp's), or a page of the messages with this customer.",
    ),
    ...failures(400, 403, 404),
  },
});

/**
 * Shows one message, or lists one chat: the spec documents the parameters and the answer of a list
 * under this operation, and the service's first clients asked it for a customer's messages.
 */
export function retrieveOneMessage(api: Api): void {
  api.openapi(route, async (c) => {
    const { db } = c.var.stack;
    const { user } = c.var;
    const { id } = c.req.valid('param');
    const message = await retrieveMessage(db, user, id, linksOf(c));
    if (message !== undefined) return c.json(message, 200);
    const chat = await findReadableChat(db, user, id);
    if (chat === undefined) throw notFound();
    const request = { ...toRequest(c.req.valid('query')), waId: chat.wa_id };
    const list = await listMessages(db, user, request, linksOf(c));
    return c.json(longPage(c, list, request.part), 200);
  });
}
