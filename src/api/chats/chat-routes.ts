import { z } from '@hono/zod-openapi';
import { notFound } from '../../error.ts';
import { findReadableChat } from '../../inbox/chats/find-chat.ts';
import { listChats } from '../../inbox/chats/list-chats.ts';
import { presentChats } from '../../inbox/chats/present-chats.ts';
import { resolveChat } from '../../inbox/chats/resolve-chat.ts';
import type { Api } from '../api-env.ts';
import { linksOf } from '../base-url.ts';
import { booleanField } from '../fields.ts';
import { longPage, pageSchema } from '../pagination.ts';
import { ringEvents } from '../ring-events.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import { chatSchema, chatsQuery, toRequest } from './chat-schema.ts';
import { plainFilters } from './plain-filters.ts';

const resolvedSchema = z
  .object({ wa_id: z.string(), resolved: z.boolean() })
  .openapi('ResolvedChat');

/** Chats. */
export function chatRoutes(api: Api): void {
  // Lists the chats that the caller may read, with what is new in them.
  api.openapi(
    signedInRoute({
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
    }),
    async (c) => {
      const request = toRequest(c.req.valid('query'));
      const list = await listChats(c.var.stack.db, c.var.user, request, linksOf(c));
      return c.json(longPage(c, list, request.part), 200);
    },
  );

  // Shows the chat with one customer.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveChat',
      method: 'get',
      path: '/api/v1/chats/{wa_id}/',
      tags: ['Chats'],
      request: { params: z.object({ wa_id: z.string() }) },
      responses: { 200: json(chatSchema, 'The chat.'), ...failures(403, 404) },
    }),
    async (c) => {
      const { db } = c.var.stack;
      const { user } = c.var;
      const found = await findReadableChat(db, user, c.req.valid('param').wa_id);
      if (found === undefined) throw notFound();
      const [chat] = await presentChats(db, [found], { userId: user.id, ...linksOf(c) });
      if (chat === undefined) throw notFound();
      return c.json(chat, 200);
    },
  );

  // Resolves a chat, or opens it again.
  api.openapi(
    signedInRoute({
      operationId: 'resolveChat',
      method: 'patch',
      path: '/api/v1/chats/{wa_id}/resolve',
      tags: ['Chats'],
      summary:
        "Says whether something is left to do in a chat; the customer's next message says so anyway.",
      request: {
        params: z.object({ wa_id: z.string() }),
        ...jsonBody(z.object({ resolved: booleanField })),
      },
      responses: { 200: json(resolvedSchema, 'How it is now.'), ...failures(400, 403, 404) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const { wa_id: waId } = c.req.valid('param');
      const { resolved } = c.req.valid('json');
      const { chat, events } = await resolveChat(stack.db, user, waId, resolved, Date.now());
      ringEvents(c, events);
      return c.json(chat, 200);
    },
  );
}
