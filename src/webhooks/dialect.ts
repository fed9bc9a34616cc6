import type { EventChat } from '../events/audience.ts';
import type { OtherDialect } from '../dialect-names.ts';
import type { EventContents } from '../events/event.ts';
import type { EventKind } from '../events/kinds.ts';
import type { StackIdentity } from '../config.ts';

/** One of the requests that a dialect makes of an event. */
export interface DialectPart {
  /** JSON. */
  body: string;
  /** Milliseconds; where it is not that of the dialect. At most 15 s. */
  deadlineMs?: number;
}

/** The webhook that an event is rendered for. */
export interface RenderedWebhook {
  id: number;
  userId: number;
  /** What it takes, by the dialect's own names. */
  events: readonly string[];
  /** What the dialect calls by a name of its own: the id of a client, a messenger type. */
  ref: string | null;
  /** Our own number in digits; null while WABA has not named it. */
  ownNumber: string | null;
}

/** An event as a dialect's renderer gets it: without what its webhook's user may not read. */
export interface RenderedEvent extends EventContents {
  /** WABA's own body is there only for who may read every chat. */
  body: string | null;
  /** A UUID. */
  id: string;
  seq: number;
  kind: EventKind;
  /** Milliseconds. */
  createdAt: number;
  chats: readonly EventChat[];
}

/**
 * How a dialect tells its webhooks of events. `index.ts` hands down those that there are: a webhook can be made
 * in no other. All but `onAnswer` is pure, so that retries and replays send the same bytes.
 */
export interface WebhookDialect {
  /** The names that its webhooks may take events by; which kinds they come of says `events/kinds.ts`. */
  readonly events: readonly string[];
  /** Milliseconds for one request; at most 15 s. */
  readonly deadlineMs: number;
  /** What is sent beside our own headers, with the webhook's credential. */
  headers(key: string | null): Record<string, string>;
  /** The requests of an event in order; none where nothing in it is for the webhook. */
  render(
    event: RenderedEvent,
    webhook: RenderedWebhook,
    stack: StackIdentity,
  ): readonly DialectPart[];
  /** What `/test/` sends; `now` in milliseconds. */
  sample(webhook: RenderedWebhook, stack: StackIdentity, now: number): DialectPart;
}

/** The dialects that there are, by name. */
export type WebhookDialects = Readonly<Partial<Record<OtherDialect, WebhookDialect>>>;

/** Returns a dialect. Throws an Error where this version has none of the name: what is to be sent waits. */
export function dialectOf(dialects: WebhookDialects, name: OtherDialect): WebhookDialect {
  const dialect = dialects[name];
  if (dialect === undefined) throw new Error(`Nobody here speaks the dialect ${name}.`);
  return dialect;
}
