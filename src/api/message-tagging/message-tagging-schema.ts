import { z } from '@hono/zod-openapi';
import { textField } from '../fields.ts';
import { extraSchema, newTagging } from '../tags/tagging-input.ts';

/** What a tagging of a message is made of (spec: createMessageTagging). */
export const newMessageTaggingSchema = newTagging
  .extend({
    message: textField({ min: 1, max: 500 }).openapi({
      description: "WhatsApp's id of the message, or ours.",
    }),
  })
  .openapi('NewMessageTagging');

/** A tagging of a message in an answer. */
export const messageTaggingSchema = z
  .object({
    id: z.int(),
    tag: z.int(),
    message: z.string().openapi({ description: "WhatsApp's id; ours if it has none." }),
    extra: extraSchema,
  })
  .openapi('MessageTagging');
