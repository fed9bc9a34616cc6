import { z } from '@hono/zod-openapi';
import { notFound } from '../../error.ts';
import { findReadableChat } from '../../inbox/chats/find-chat.ts';
import { listMessages } from '../../inbox/messages/list-messages.ts';
import { retrieveMessage } from '../../inbox/messages/load-messages.ts';
import { acceptMessage } from '../../inbox/sending/accept-message.ts';
import { readKey } from '../../inbox/sending/idempotency.ts';
import { messageInput, newMessageOf } from '../../inbox/sending/message-input.ts';
import { logError } from '../../log.ts';
import type { Api } from '../api-env.ts';
import { linksOf, originOf } from '../base-url.ts';
import { longPage, pageSchema } from '../pagination.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import { messageSchema, messagesQuery, toRequest } from './message-schema.ts';

/** The service's own sentence: some clients show it. */
const REASON =
  'Message is saved and will be sent as soon as other messages currently pending for this user are delivered.';

const acceptedSchema = z
  .object({
    reason: z.string(),
    id: z.uuid().openapi({ description: 'Our id, the getchat_id of statuses.' }),
  })
  .openapi('AcceptedMessage');

const headers = z.object({
  'idempotency-key': z.string().optional().openapi({
    description:
      'Makes the call safe to repeat for 24 hours: the same key and body give the same answer.',
    maxLength: 255,
  }),
});

/** Messages, and sending them. */
export function messageRoutes(api: Api): void {
  // Lists the messages that the caller may read.
  api.openapi(
    signedInRoute({
      operationId: 'listMessages',
      method: 'get',
      path: '/api/v1/messages/',
      tags: ['Messages'],
      request: { query: messagesQuery },
      responses: {
        200: json(pageSchema(messageSchema), 'The messages, newest first.'),
        ...failures(400, 403),
      },
    }),
    async (c) => {
      const request = toRequest(c.req.valid('query'));
      const list = await listMessages(c.var.stack.db, c.var.user, request, linksOf(c));
      return c.json(longPage(c, list, request.part), 200);
    },
  );

  // Takes a message to be sent. What WhatsApp makes of it comes over webhooks and websockets.
  api.openapi(
    signedInRoute({
      operationId: 'createMessage',
      method: 'post',
      path: '/api/v1/messages/',
      tags: ['Messages'],
      request: { headers, ...jsonBody(messageInput) },
      responses: {
        202: json(acceptedSchema, 'The message is stored and will be sent.'),
        ...failures(400, 403, 409, 413, 453),
      },
    }),
    async (c) => {
      const { stack, user, bells } = c.var;
      const { id } = await acceptMessage(stack, user, newMessageOf(c.req.valid('json')), {
        idempotencyKey: readKey(c.req.valid('header')['idempotency-key']),
        origin: originOf(c),
        now: Date.now(),
      });
      // The Stack object finds the message by itself where this bell is lost.
      const rung = bells.outbox().catch((error: unknown) => {
        logError('outbox_bell_failed', error, { stack: stack.config.name });
      });
      c.executionCtx.waitUntil(rung);
      return c.json({ reason: REASON, id }, 202);
    },
  );

  // Shows one message, or lists one chat: the spec documents the parameters and the answer of a list
  // under this operation, and the service's first clients asked it for a customer's messages.
  api.openapi(
    signedInRoute({
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
    }),
    async (c) => {
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
    },
  );
}
