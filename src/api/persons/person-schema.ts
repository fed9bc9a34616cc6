import { z } from '@hono/zod-openapi';

/** A customer in an answer: the shape of `presentPerson`. */
export const personSchema = z
  .object({
    wa_id: z.string(),
    waba_payload: z.unknown().openapi({ description: 'The contact as WhatsApp sent it last.' }),
    initials: z.string(),
    last_message_timestamp: z
      .int()
      .nullable()
      .openapi({ description: "Seconds; of the customer's last message." }),
    messaging_window_expires_at: z.int().nullable().openapi({
      description: 'Seconds; until when WhatsApp takes more than templates for this customer.',
    }),
    resolved: z.boolean().openapi({
      description:
        'Somebody said that nothing is left to do, and the customer has not written since.',
    }),
  })
  .openapi('Person');
