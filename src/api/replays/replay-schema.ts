import { z } from '@hono/zod-openapi';
import { EVENT_KINDS } from '../../events/kinds.ts';
import { REPLAY_STATES } from '../../webhooks/replays/replay-filter.ts';
import type { Replay } from '../../webhooks/replays/replay.ts';
import { booleanField, idParams, integerField, queryParam, textField } from '../fields.ts';

const MAX_PER_SECOND = 100;

const DEFAULT_PER_SECOND = 25;

/** More chats than one would name by hand; the list is looked through for each event. */
const MAX_CHATS = 100;

/** Seconds; up to the year 5138 they are whole milliseconds in JavaScript and SQLite. */
const MAX_SECONDS = 99_999_999_999;

const seconds = integerField({ min: 0, max: MAX_SECONDS });

const sequence = integerField({ min: 0, max: Number.MAX_SAFE_INTEGER });

/** What of the past is to be sent. A field that is not known is refused: without it more would be sent. */
export const replayBody = z
  .strictObject({
    after: described(seconds, 'Seconds; events from then on.'),
    before: described(seconds, 'Seconds; events before then.'),
    after_sequence: described(sequence, 'Events with a higher sequence number.'),
    until_sequence: described(sequence, 'Events up to this sequence number.'),
    states: list(z.enum(REPLAY_STATES)).openapi({
      description: 'How they have fared with this webhook so far; none: not attempted.',
    }),
    kinds: list(z.enum(EVENT_KINDS)),
    chats: list(textField({ min: 1, max: 64 }), MAX_CHATS).openapi({
      description: 'Events about one of these chats, by wa_id.',
    }),
    missed: described(booleanField, 'What came while it was disabled and is not delivered yet.'),
    per_second: integerField({ min: 1, max: MAX_PER_SECOND }).default(DEFAULT_PER_SECOND).openapi({
      type: 'integer',
      minimum: 1,
      maximum: MAX_PER_SECOND,
      default: DEFAULT_PER_SECOND,
    }),
    dry_run: described(booleanField, 'Only count.'),
  })
  .superRefine((body, context) => {
    const { after, before, after_sequence, until_sequence, missed } = body;
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (after !== undefined && before !== undefined && before <= after)
      refuse('before', 'This must be later than after.');
    if (
      after_sequence !== undefined &&
      until_sequence !== undefined &&
      until_sequence <= after_sequence
    )
      refuse('until_sequence', 'This must be higher than after_sequence.');
    const range = [after, before, after_sequence, until_sequence];
    if (missed === true && range.some((end) => end !== undefined))
      refuse('missed', 'This is a range of its own: leave out the others.');
  })
  .openapi('ReplayRequest');

/** Which part of a list of replays is asked for. */
export const replaysQuery = z.object({
  before: queryParam(integerField({ min: 0 })).openapi({
    type: 'integer',
    description: 'Replays that are older than the one with this id.',
  }),
  limit: queryParam(integerField({ min: 1 }))
    .catch(undefined)
    .transform((limit) => Math.min(limit ?? 20, 100))
    .openapi({ type: 'integer', minimum: 1, maximum: 100, default: 20 }),
});

export const replayParams = idParams.extend({
  replay: idParams.shape.id.openapi({ param: { name: 'replay', in: 'path' }, type: 'integer' }),
});

/** A replay in an answer: the shape of `presentReplay`. */
export const replaySchema = z
  .object({
    id: z.int(),
    webhook: z.int(),
    state: z.enum(['running', 'paused', 'done', 'cancelled']),
    filter: z.record(z.string(), z.unknown()),
    per_second: z.int(),
    total: z.int().nullable().openapi({
      description: 'How many deliveries it was to make when it began; null until they are counted.',
    }),
    queued: z.int().openapi({ description: 'How many deliveries it has made due so far.' }),
    delivered: z.int(),
    dead: z.int(),
    dropped: z.int(),
    pending: z.int(),
    created_at: z.int().openapi({ description: 'Seconds.' }),
    ended_at: z.int().nullable().openapi({ description: 'Seconds; when the last was made due.' }),
  })
  .openapi('Replay');

function list<Item extends z.ZodType>(item: Item, max = Infinity) {
  const items = z.array(item).min(1);
  return (max === Infinity ? items : items.max(max)).optional();
}

function described<Schema extends z.ZodType>(schema: Schema, description: string) {
  return schema.optional().openapi({ description });
}

/** Shows a replay. */
export function presentReplay(replay: Replay): z.input<typeof replaySchema> {
  return {
    id: replay.id,
    webhook: replay.webhookId,
    state: replay.state,
    filter: { ...replay.filter },
    per_second: replay.perSecond,
    total: replay.total,
    queued: replay.queued,
    delivered: replay.delivered,
    dead: replay.dead,
    dropped: replay.dropped,
    pending: replay.pending,
    created_at: Math.floor(replay.createdAt / 1000),
    ended_at: replay.endedAt === null ? null : Math.floor(replay.endedAt / 1000),
  };
}
