import { z } from '@hono/zod-openapi';
import { textField } from '../fields.ts';

/** What WhatsApp takes as the text of a message: a longer response could not be sent. */
const MAX_CHARACTERS = 4_096;

/** What a saved response is made of. */
export const newSavedResponseSchema = z
  .object({ text: textField({ min: 1, max: MAX_CHARACTERS }) })
  .openapi('NewSavedResponse');

/** A saved response in an answer. */
export const savedResponseSchema = z
  .object({
    id: z.int(),
    text: z.string(),
    created_by: z.string().openapi({ description: 'A username.' }),
    timestamp: z.int().openapi({ description: 'Seconds.' }),
  })
  .openapi('SavedResponse');
