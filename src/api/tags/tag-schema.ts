import { z } from '@hono/zod-openapi';
import { textField } from '../fields.ts';

/** Of a name and of a color (spec: createTag). */
const MAX_CHARACTERS = 1_000;

/** What a tag is made of (spec: createTag). */
export const newTagSchema = z
  .object({
    name: textField({ min: 1, max: MAX_CHARACTERS }),
    web_inbox_color: textField({ max: MAX_CHARACTERS }).nullish(),
  })
  .openapi('NewTag');

/** A tag in an answer. */
export const tagSchema = z
  .object({
    id: z.int(),
    name: z.string(),
    web_inbox_color: z.string().nullable().openapi({ description: 'For a web client to show.' }),
  })
  .openapi('Tag');

/** The tags on a chat or a message in an answer. */
export const tagsOnSchema = z.array(
  tagSchema
    .extend({ tagging_id: z.int().openapi({ description: 'What to delete to take it off.' }) })
    .openapi('TagOn'),
);
