import { z } from '@hono/zod-openapi';
import { booleanField, textField } from '../fields.ts';

const MAX_REASON = 60;

/** Which contact a call is about, in the query; the same may stand in the path. */
export const contactQuery = z.object({ wa_id: textField({ min: 1, max: 150 }) });

export const contactParams = z.object({ wa_id: z.string().min(1).max(150) });

const reason = textField({ max: MAX_REASON })
  .optional()
  .openapi({ description: 'Is not passed on: WhatsApp has nothing to take it.' });

export const blockBody = z.object({ reason }).openapi('ContactBlock');

export const reportBody = z
  .object({
    reason,
    block: booleanField.optional(),
    message_id: textField({ max: 200 }).optional(),
  })
  .openapi('ContactReport');
