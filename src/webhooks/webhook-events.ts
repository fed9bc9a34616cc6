import type { MatchedEvent, Shape } from '../events/kinds.ts';
import type { Interest } from '../events/audience.ts';
import { gt } from 'drizzle-orm';
import type { User } from '../auth/user.ts';
import { type EventRow, findContents, newestSeq } from '../events/event.ts';
import { logError } from '../log.ts';
import { type Database, isOneOf } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query } from '../store/query.ts';
import { events } from '../store/schema.ts';
import { deliveryParts } from './delivery-parts.ts';
import type { WebhookDialects } from './dialect.ts';
import { deliveryId } from './extended-body.ts';
import { shapeFor, toMatched } from './matches.ts';
import { findInterest } from './subscriptions.ts';

/** Where nothing matches a request must still end: so many events it looks at, and no more. */
const MAX_LOOKED_AT = 500;

/** Events looked at by one query: an event of 1,000 items has about 100 kB without its contents. */
const HEADS_PAGE = 100;

/** Contents read by one query: at most 1.5 MB each lie in a row. */
const CONTENTS_PAGE = 20;

/** No further event is added to this much text: an isolate has 128 MB for all that it does. */
const MAX_CHARACTERS = 8_000_000;

/** An event as a webhook gets it. */
export interface WebhookEvent {
  seq: number;
  /** The `webhook-id` of its delivery. */
  deliveryId: string;
  /** Milliseconds. */
  createdAt: number;
  shape: Shape;
  /** The bytes of its delivery: of each of its requests, in order. */
  texts: readonly string[];
}

/** A part of what a webhook was to get. */
export interface WebhookEvents {
  events: WebhookEvent[];
  /** The newest event looked at, whether the webhook gets it or not: where to go on. */
  lastSeq: number;
  hasMore: boolean;
}

type Head = Pick<EventRow, 'seq' | 'id' | 'kind' | 'created_at' | 'fields' | 'chats' | 'incoming'>;

type Wanted = MatchedEvent & { id: string; createdAt: number; shape: Shape };

/**
 * Returns, oldest first, at most `limit` of the events after the sequence number `after` that a
 * webhook gets as it is now, delivered or not, enabled or not. An `after` that does not exist yet
 * counts as the newest. Throws `not_found` where there is no such webhook or it is somebody else's.
 */
export async function listWebhookEvents(
  ctx: StackContext,
  actor: User,
  id: number,
  { after, limit }: { after: number; limit: number },
  dialects: WebhookDialects,
): Promise<WebhookEvents> {
  const interest = await findInterest(ctx, actor, id);
  const newest = await newestSeq(ctx.db);
  const page: WebhookEvent[] = [];
  let lastSeq = Math.min(Math.max(after, interest.sinceSeq), newest);
  for (let looked = 0; looked < MAX_LOOKED_AT && lastSeq < newest; looked += HEADS_PAGE) {
    const heads = await readHeads(ctx.db, lastSeq);
    const leftOut = await addWanted(
      ctx,
      interest,
      wantedOf(interest, heads),
      { page, limit },
      dialects,
    );
    // What nobody asked for before the first one left out was looked at, too.
    lastSeq = leftOut === undefined ? (heads.at(-1)?.seq ?? newest) : leftOut.seq - 1;
    if (leftOut !== undefined) break;
  }
  return { events: page, lastSeq, hasMore: lastSeq < newest };
}

function readHeads(db: Database, after: number): Promise<Head[]> {
  const { seq, id, kind, created_at, fields, chats, incoming } = events;
  return db.all(
    query
      .select({ seq, id, kind, created_at, fields, chats, incoming })
      .from(events)
      .where(gt(seq, after))
      .orderBy(seq)
      .limit(HEADS_PAGE),
  );
}

function wantedOf(interest: Interest, heads: readonly Head[]): Wanted[] {
  return heads.flatMap((head) => {
    const event = readMatched(head);
    if (event === null) return [];
    const shape = shapeFor(interest, event);
    return shape === null ? [] : [{ ...event, id: head.id, createdAt: head.created_at, shape }];
  });
}

/** Adds events to a page while there is room; returns the first one that found none. */
async function addWanted(
  { db, files, config }: StackContext,
  interest: Interest,
  wanted: readonly Wanted[],
  { page, limit }: { page: WebhookEvent[]; limit: number },
  dialects: WebhookDialects,
): Promise<Wanted | undefined> {
  const context = { dialects, identity: config.identity };
  const step = Math.min(CONTENTS_PAGE, limit);
  for (let start = 0; start < wanted.length; start += step) {
    if (isFull(page, limit)) return wanted[start];
    const part = wanted.slice(start, start + step);
    const rows = await readRows(db, part);
    for (const event of part) {
      if (isFull(page, limit)) return event;
      const row = rows.get(event.seq);
      // One after the other: what lies in R2 takes up to 3 MB each.
      const contents = row === undefined ? null : await findContents(files, row);
      const parts = contents && deliveryParts(interest, event, event.shape, contents, context);
      const texts = parts?.map(({ body }) => body) ?? [];
      if (texts.length > 0) page.push(toWebhookEvent(interest, event, texts));
    }
  }
  return undefined;
}

function isFull(page: readonly WebhookEvent[], limit: number): boolean {
  const lengths = page.flatMap(({ texts }) => texts.map(({ length }) => length));
  const characters = lengths.reduce((sum, length) => sum + length, 0);
  return page.length >= limit || characters >= MAX_CHARACTERS;
}

type ContentsRow = Pick<EventRow, 'seq' | 'id' | 'body' | 'extended' | 'in_r2'>;

async function readRows(db: Database, part: readonly Wanted[]): Promise<Map<number, ContentsRow>> {
  const { seq, id, body, extended, in_r2 } = events;
  const seqs = part.map((event) => event.seq);
  const rows = await db.all(
    query.select({ seq, id, body, extended, in_r2 }).from(events).where(isOneOf(seq, seqs)),
  );
  return new Map(rows.map((row) => [row.seq, row]));
}

function toWebhookEvent(interest: Interest, event: Wanted, texts: readonly string[]): WebhookEvent {
  const { seq, id, createdAt, shape } = event;
  return { seq, deliveryId: deliveryId(id, interest.id), createdAt, shape, texts };
}

/** Null where the row cannot be read: it must not end the list for good. */
function readMatched(head: Head): MatchedEvent | null {
  try {
    return toMatched(head);
  } catch (error) {
    logError('event_unreadable', error, { seq: head.seq });
    return null;
  }
}
