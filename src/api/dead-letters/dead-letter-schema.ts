import { z } from '@hono/zod-openapi';
import type { DeadLetter } from '../../webhooks/dead-letters/dead-letter.ts';

/** A dead letter in an answer. */
export const deadLetterSchema = z
  .object({
    id: z.int(),
    kind: z.enum(['event', 'webhook', 'media', 'replay', 'push', 'refresh']),
    reference: z.union([z.int(), z.string()]).openapi({
      description: 'A sequence number, or the id of a webhook, a file or a replay.',
    }),
    error: z.string().openapi({ description: 'What failed the last time, without any contents.' }),
    created_at: z.int().openapi({ description: 'Seconds; when it was put aside first.' }),
  })
  .openapi('DeadLetter');

/** Makes the answer's form of a dead letter. */
export function presentDeadLetter(letter: DeadLetter): z.infer<typeof deadLetterSchema> {
  const { id, kind, reference, error, createdAt } = letter;
  return { id, kind, reference, error, created_at: Math.floor(createdAt / 1000) };
}
