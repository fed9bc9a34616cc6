import { notFound } from '../../error.ts';
import { importChat } from '../../inbox/chat-import/import-chat.ts';
import { findChat } from '../../inbox/chats/find-chat.ts';
import { presentChats } from '../../inbox/chats/present-chats.ts';
import type { Api } from '../api-env.ts';
import { linksOf } from '../base-url.ts';
import { chatSchema } from '../chats/chat-schema.ts';
import { fieldProblems, withReason } from '../field-problems.ts';
import { failures, json, signedInRoute } from '../route-parts.ts';
import { importSchema } from './import-schema.ts';
import { readImportBody } from './read-import-body.ts';

const list = { type: 'array' as const, items: { type: 'object' as const } };

/** A plain schema documents only; one of zod's would read the whole body first, however long it is. */
const bodySchema = {
  type: 'object' as const,
  properties: {
    chat_text: { type: 'string' as const },
    chat_participants: {
      ...list,
      maxItems: 2,
      description: '`name` as it stands in the chat, and `phone_number`.',
    },
    utc_offset_minutes: { type: 'integer' as const },
    device_language_code: { type: 'string' as const },
    media_files: {
      ...list,
      description: '`filename` as it stands in the chat, and `file_encoded` in base64; or files.',
    },
  },
  required: ['chat_text', 'utc_offset_minutes', 'device_language_code'],
};

/** Chats that were exported elsewhere. */
export function importRoutes(api: Api): void {
  // Imports what WhatsApp's "Export chat" wrote. Subscribers are told nothing: it is the past.
  api.openapi(
    signedInRoute({
      operationId: 'createChatImport',
      method: 'post',
      path: '/api/v1/chat_import/',
      tags: ['Chats'],
      request: {
        body: {
          content: {
            'application/json': { schema: bodySchema },
            'multipart/form-data': { schema: bodySchema },
          },
          required: true,
        },
      },
      responses: {
        201: json(chatSchema, 'The chat, with all that was not in it before.'),
        ...failures(400, 403, 413),
      },
    }),
    async (c) => {
      const { stack, user } = c.var;
      const body = await readImportBody(c.req.raw);
      const parsed = importSchema.safeParse(body);
      if (!parsed.success) return c.json(withReason(fieldProblems(parsed.error.issues, body)), 400);
      const waId = await importChat(stack, user, parsed.data, Date.now());
      const found = await findChat(stack.db, waId);
      if (found === undefined) throw notFound();
      const reader = { userId: user.id, ...linksOf(c) };
      const [chat] = await presentChats(stack.db, [found], reader);
      if (chat === undefined) throw notFound();
      return c.json(chat, 201);
    },
  );
}
