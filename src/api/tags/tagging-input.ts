import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { NewTagging } from '../../inbox/tags/put-on.ts';
import type { TakeOff } from '../../inbox/tags/take-off.ts';
import type { ApiEnv } from '../api-env.ts';
import { baseUrlOf } from '../base-url.ts';
import { integerField } from '../fields.ts';

/** It is sent with every event and shown with every entry of the history: a note, not a document. */
const MAX_EXTRA_CHARACTERS = 10_000;

/** What a tagging is made of, beside what is tagged (spec: createChatTagging, createMessageTagging). */
export const newTagging = z.object({
  tag: integerField({ min: 1 }).openapi({ description: 'The id of the tag.' }),
  extra: z
    .preprocess(
      // A form has no other way to say null.
      (value) => (value === '' ? null : value),
      z
        .record(z.string(), z.unknown())
        .refine((extra) => JSON.stringify(extra).length <= MAX_EXTRA_CHARACTERS, {
          error: `Ensure this field has no more than ${MAX_EXTRA_CHARACTERS} characters.`,
        })
        .nullish(),
    )
    .openapi({
      type: ['object', 'null'],
      description: 'What the caller wants to remember; for programs, not to be shown to people.',
    }),
});

/** `extra` in an answer. */
export const extraSchema = z.record(z.string(), z.unknown()).nullable();

/** Turns a checked body into what the inbox is asked. */
export function toNewTagging(c: Context<ApiEnv>, body: z.output<typeof newTagging>): NewTagging {
  return { ...byCaller(c), tagId: body.tag, extra: body.extra ?? null };
}

/** Who asks, and when. */
export function byCaller(c: Context<ApiEnv>): TakeOff {
  return { user: c.var.user, now: Date.now(), baseUrl: baseUrlOf(c) };
}
