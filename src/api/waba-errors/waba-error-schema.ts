import { z } from '@hono/zod-openapi';

/** An error of WABA's in an answer: the shape of `presentError`. */
export const wabaErrorSchema = z
  .object({
    id: z.int(),
    waba_payload: z
      .looseObject({ errors: z.array(z.looseObject({})) })
      .openapi({ description: 'The status of the message, or the error alone: in `errors`.' }),
    timestamp: z.int().openapi({ description: 'Seconds.' }),
    waba_id: z.string().nullable(),
    getchat_id: z.string().nullable(),
  })
  .openapi('WabaError');
