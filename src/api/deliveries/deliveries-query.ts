import { EVENT_KINDS } from '../../events/kinds.ts';
import { z } from '@hono/zod-openapi';
import { chatKeyOf } from '../../inbox/chats/find-chat.ts';
import type { LogRequest } from '../../webhooks/log/list-deliveries.ts';
import type { LogPosition } from '../../webhooks/log/log-window.ts';
import type { DeliveryError, DeliveryState } from '../../webhooks/log/logged-delivery.ts';
import { integerField, queryParam, textField } from '../fields.ts';

/** A cursor in a query, as the position in the log that it stands for. */
const cursorField = z
  .string()
  .transform((text, ctx): LogPosition => {
    const position = readCursor(text);
    if (position !== undefined) return position;
    ctx.addIssue({ code: 'custom', message: 'Invalid cursor: follow the links of the answers.' });
    return z.NEVER;
  })
  .openapi({ type: 'string', description: 'Where to go on; taken from `next`.' });

export const DELIVERY_STATES = [
  'due',
  'delivered',
  'dead',
  'dropped',
] as const satisfies readonly DeliveryState[];

export const DELIVERY_ERRORS = [
  'timeout',
  'dns',
  'refused',
  'reset',
  'tls',
  'connection',
  'refused_url',
  'lost',
  'poison',
] as const satisfies readonly DeliveryError[];

const DEFAULT_LIMIT = 20;

const MAX_LIMIT = 100;

/** What is above is no time in seconds: most likely milliseconds were meant as such. */
const MAX_SECONDS = 9_999_999_999;

const states = z.string().transform((text, ctx): DeliveryState[] =>
  text.split(',').flatMap((name) => {
    const state = DELIVERY_STATES.find((known) => known === name.trim());
    if (state !== undefined) return [state];
    ctx.addIssue({ code: 'custom', message: `"${name}" is not a valid choice.` });
    return [];
  }),
);

const seconds = integerField({ min: 0, max: MAX_SECONDS });

/** What the log of a webhook may be asked for. Nonsense is refused: it could pass for an empty log. */
export const webhookDeliveriesQuery = z.object({
  state: queryParam(states).openapi({
    type: 'string',
    description: 'One or more of due, delivered, dead and dropped, divided by commas.',
    example: 'dead,dropped',
  }),
  kind: queryParam(z.enum(EVENT_KINDS)),
  chat: queryParam(textField({ min: 1, max: 128 })).openapi({
    description: 'The wa_id of a customer.',
  }),
  status: queryParam(integerField({ min: 100, max: 599 })).openapi({
    description: 'The HTTP status that the latest attempt was answered with, to its end or not.',
  }),
  error: queryParam(z.enum(DELIVERY_ERRORS)).openapi({
    description: 'Why the latest attempt got no answer.',
  }),
  after: queryParam(seconds).openapi({ description: 'Seconds; events from then on.' }),
  before: queryParam(seconds).openapi({ description: 'Seconds; events before then.' }),
  limit: queryParam(integerField({ min: 1, max: MAX_LIMIT }))
    .transform((limit) => limit ?? DEFAULT_LIMIT)
    .openapi({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT }),
  cursor: queryParam(cursorField),
});

/** What the log of all webhooks may be asked for. */
export const deliveriesQuery = webhookDeliveriesQuery.extend({
  webhook: queryParam(integerField({ min: 1, max: Number.MAX_SAFE_INTEGER })).openapi({
    description: 'The id of a webhook.',
  }),
});

/** Turns a checked query into what the log is asked. */
export function toLogRequest(query: z.output<typeof webhookDeliveriesQuery>): LogRequest {
  const { state, limit, cursor, kind, chat, status, error, after, before } = query;
  return {
    filter: {
      states: state,
      kind,
      chat: chat === undefined ? undefined : chatKeyOf(chat),
      status,
      error,
      after,
      before,
    },
    from: cursor,
    limit,
  };
}

/** Writes a position in the log as an opaque text for links. */
export function writeCursor({ seq, webhookId }: LogPosition): string {
  return btoa(`${seq}.${webhookId}`).replaceAll('=', '');
}

function readCursor(text: string): LogPosition | undefined {
  const [, seq, webhookId] = /^(\d{1,16})\.(\d{1,16})$/.exec(decoded(text)) ?? [];
  const position = { seq: Number(seq), webhookId: Number(webhookId) };
  return Object.values(position).every(Number.isSafeInteger) ? position : undefined;
}

function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}
