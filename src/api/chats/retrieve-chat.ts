import { createRoute, z } from '@hono/zod-openapi';
import { notFound } from '../../error.ts';
import { findReadableChat } from '../../inbox/chats/find-chat.ts';
import { presentChats } from '../../inbox/chats/present-chats.ts';
import type { Api } from '../api-env.ts';
import { linksOf } from '../base-url.ts';
import { failures, json } from '../route-parts.ts';
import { chatSchema } from './chat-schema.ts';

const route = createRoute({
  operationId: 'retrieveChat',
  method: 'get',
  path: '/api/v1/chats/{wa_id}/',
  tags: ['Chats'],
  request: { params: z.object({ wa_id: z.string() }) },
  responses: { 200: json(chatSchema, 'The chat.'), ...failures(403, 404) },
});

/** Shows the chat with one customer. */
export function retrieveChat(api: Api): void {
  api.openapi(route, async (c) => {
    const { db } = c.var.stack;
    const { user } = c.var;
    const found = await findReadableChat(db, user, c.req.valid('param').wa_id);
    if (found === undefined) throw notFound();
    const [chat] = await presentChats(db, [found], { userId: user.id, ...linksOf(c) });
    if (chat === undefined) throw notFound();
    return c.json(chat, 200);
  });
}
