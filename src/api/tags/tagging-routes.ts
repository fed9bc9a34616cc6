import { z } from '@hono/zod-openapi';
import {
  listChatTaggingEvents,
  listMessageTaggingEvents,
} from '../../inbox/tags/list-tagging-events.ts';
import { tagChat } from '../../inbox/tags/tag-chat.ts';
import { tagMessage } from '../../inbox/tags/tag-message.ts';
import {
  findChatTagging,
  findMessageTagging,
  presentChatTagging,
  presentMessageTagging,
} from '../../inbox/tags/taggings.ts';
import { untagChat, untagMessage } from '../../inbox/tags/take-off.ts';
import type { Api } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { idParams, textField } from '../fields.ts';
import { longPage, pageSchema } from '../pagination.ts';
import { ringEvents } from '../ring-events.ts';
import { failures, json, jsonBody, signedInRoute } from '../route-parts.ts';
import {
  chatTaggingEventSchema,
  chatTaggingEventsQuery,
  messageTaggingEventSchema,
  messageTaggingEventsQuery,
  toEventsRequest,
} from './tagging-event-schema.ts';
import { byCaller, extraSchema, newTagging, toNewTagging } from './tagging-input.ts';

/** What a tagging of a chat is made of (spec: createChatTagging). */
const newChatTaggingSchema = newTagging
  .extend({
    chat: textField({ min: 1, max: 128 }).openapi({ description: 'The wa_id of the customer.' }),
  })
  .openapi('NewChatTagging');

/** A tagging of a chat in an answer. */
const chatTaggingSchema = z
  .object({
    id: z.int(),
    tag: z.int(),
    chat: z.string(),
    extra: extraSchema,
  })
  .openapi('ChatTagging');

/** What a tagging of a message is made of (spec: createMessageTagging). */
const newMessageTaggingSchema = newTagging
  .extend({
    message: textField({ min: 1, max: 500 }).openapi({
      description: "WhatsApp's id of the message, or ours.",
    }),
  })
  .openapi('NewMessageTagging');

/** A tagging of a message in an answer. */
const messageTaggingSchema = z
  .object({
    id: z.int(),
    tag: z.int(),
    message: z.string().openapi({ description: "WhatsApp's id; ours if it has none." }),
    extra: extraSchema,
  })
  .openapi('MessageTagging');

/** Tags put on chats and messages, and taken off. */
export function taggingRoutes(api: Api): void {
  // Tags a chat.
  api.openapi(
    signedInRoute({
      operationId: 'createChatTagging',
      method: 'post',
      path: '/api/v1/chat_tagging/',
      tags: ['Tags'],
      request: jsonBody(newChatTaggingSchema),
      responses: { 201: json(chatTaggingSchema, 'The tagging.'), ...failures(400, 403, 409) },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const { tagging, event } = await tagChat(c.var.stack, body.chat, toNewTagging(c, body));
      ringEvents(c, [event]);
      return c.json(tagging, 201);
    },
  );

  // Shows a tagging of a chat that the caller may read.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveChatTagging',
      method: 'get',
      path: '/api/v1/chat_tagging/{id}/',
      tags: ['Tags'],
      request: { params: idParams },
      responses: { 200: json(chatTaggingSchema, 'The tagging.'), ...failures(403, 404) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const found = await findChatTagging(stack.db, user, c.req.valid('param').id);
      return c.json(presentChatTagging(found), 200);
    },
  );

  // Takes a tag off a chat.
  api.openapi(
    signedInRoute({
      operationId: 'destroyChatTagging',
      method: 'delete',
      path: '/api/v1/chat_tagging/{id}/',
      tags: ['Tags'],
      request: { params: idParams },
      responses: { 204: { description: 'Taken off.' }, ...failures(403, 404) },
    }),
    async (c) => {
      const event = await untagChat(c.var.stack, c.req.valid('param').id, byCaller(c));
      ringEvents(c, [event]);
      return c.body(null, 204);
    },
  );

  // Lists who tagged which chats that the caller may read.
  api.openapi(
    signedInRoute({
      operationId: 'listChatTaggingEvents',
      method: 'get',
      path: '/api/v1/chat_tagging_events/',
      tags: ['Tags'],
      request: { query: chatTaggingEventsQuery },
      responses: {
        200: json(pageSchema(chatTaggingEventSchema), 'Who tagged what when, newest first.'),
        ...failures(400, 403),
      },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const request = toEventsRequest(query);
      const list = await listChatTaggingEvents(c.var.stack.db, c.var.user, request, baseUrlOf(c));
      return c.json(longPage(c, list, request.part), 200);
    },
  );

  // Tags a message, and its chat with it.
  api.openapi(
    signedInRoute({
      operationId: 'createMessageTagging',
      method: 'post',
      path: '/api/v1/message_tagging/',
      tags: ['Tags'],
      request: jsonBody(newMessageTaggingSchema),
      responses: { 201: json(messageTaggingSchema, 'The tagging.'), ...failures(400, 403, 409) },
    }),
    async (c) => {
      const body = c.req.valid('json');
      const { tagging, event } = await tagMessage(c.var.stack, body.message, toNewTagging(c, body));
      ringEvents(c, [event]);
      return c.json(tagging, 201);
    },
  );

  // Shows a tagging of a message that the caller may read.
  api.openapi(
    signedInRoute({
      operationId: 'retrieveMessageTagging',
      method: 'get',
      path: '/api/v1/message_tagging/{id}/',
      tags: ['Tags'],
      request: { params: idParams },
      responses: { 200: json(messageTaggingSchema, 'The tagging.'), ...failures(403, 404) },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const found = await findMessageTagging(stack.db, user, c.req.valid('param').id);
      return c.json(presentMessageTagging(found), 200);
    },
  );

  // Takes a tag off a message; its chat keeps it.
  api.openapi(
    signedInRoute({
      operationId: 'destroyMessageTagging',
      method: 'delete',
      path: '/api/v1/message_tagging/{id}/',
      tags: ['Tags'],
      request: { params: idParams },
      responses: { 204: { description: 'Taken off.' }, ...failures(403, 404) },
    }),
    async (c) => {
      const event = await untagMessage(c.var.stack, c.req.valid('param').id, byCaller(c));
      ringEvents(c, [event]);
      return c.body(null, 204);
    },
  );

  // Lists who tagged which messages that the caller may read.
  api.openapi(
    signedInRoute({
      operationId: 'listMessageTaggingEvents',
      method: 'get',
      path: '/api/v1/message_tagging_events/',
      tags: ['Tags'],
      request: { query: messageTaggingEventsQuery },
      responses: {
        200: json(pageSchema(messageTaggingEventSchema), 'Who tagged what when, newest first.'),
        ...failures(400, 403),
      },
    }),
    async (c) => {
      const query = c.req.valid('query');
      const request = { ...toEventsRequest(query), messageId: query.message_id };
      const list = await listMessageTaggingEvents(
        c.var.stack.db,
        c.var.user,
        request,
        baseUrlOf(c),
      );
      return c.json(longPage(c, list, request.part), 200);
    },
  );
}
