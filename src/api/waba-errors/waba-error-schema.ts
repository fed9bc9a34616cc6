import { z } from '@hono/zod-openapi';

/** An error of WABA's in an answer: the shape of `presentError`. */
export const wabaErrorSchema = z
  .object({
    id: z.int(),
    waba_payload: z.unknown().openapi({ type: 'object' }),
    timestamp: z.int().openapi({ description: 'Seconds.' }),
    waba_id: z.string().nullable(),
    getchat_id: z.string().nullable(),
  })
  .openapi('WabaError');
