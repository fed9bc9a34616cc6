import { z } from '@hono/zod-openapi';
import { textField } from '../fields.ts';
import { extraSchema, newTagging } from '../tags/tagging-input.ts';

/** What a tagging of a chat is made of (spec: createChatTagging). */
export const newChatTaggingSchema = newTagging
  .extend({
    chat: textField({ min: 1, max: 128 }).openapi({ description: 'The wa_id of the customer.' }),
  })
  .openapi('NewChatTagging');

/** A tagging of a chat in an answer. */
export const chatTaggingSchema = z
  .object({
    id: z.int(),
    tag: z.int(),
    chat: z.string(),
    extra: extraSchema,
  })
  .openapi('ChatTagging');
