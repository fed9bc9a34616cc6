import { sql } from 'drizzle-orm';
import type { EventRow } from '../events/event.ts';
import { type Database, jsonList } from '../store/database.ts';
import { selectEnabled, type SubscriptionRow } from '../webhooks/subscriptions.ts';
import { MAX_RUN_MS, PATIENCE_MS } from './fast-run.ts';

/** An open event this old was lost by the queue or with its run, or waits in a long queue: the sweep rings for it. */
export const RING_AGAIN_AGE_MS = 10_000;

/** A run that began with a younger event is over before anybody else is rung for it. */
const YOUNG_MS = RING_AGAIN_AGE_MS - MAX_RUN_MS - 2 * PATIENCE_MS;

/** Who took an event has closed it by then, or died. */
export const TAKEN_MS = MAX_RUN_MS + 5_000;

/** The open events among some, by sequence number. */
export interface TakenEvents {
  rows: EventRow[];
  /** Those that somebody else is just delivering. */
  elsewhere: ReadonlySet<number>;
  /** The enabled webhooks. */
  webhooks: SubscriptionRow[];
}

/**
 * Takes up open events to deliver them and, in the same round trip, reads the webhooks; `now` in
 * milliseconds. One that is so old that two doorbells may
 * be about for it is claimed first, so that two consumers do not deliver it at the same time. A young one
 * is not: that would cost a row written for each.
 */
export async function takeEvents(
  db: Database,
  seqs: readonly number[],
  now: number,
): Promise<TakenEvents> {
  const [rows, webhooks] = await db.batch<[EventRow[], SubscriptionRow[]]>([
    sql`select * from events where seq in (select value from json_each(${jsonList(seqs)})) and open = 1 order by seq`,
    selectEnabled(),
  ]);
  const old = rows.filter((row) => row.created_at <= now - YOUNG_MS).map(({ seq }) => seq);
  if (old.length === 0) return { rows, elsewhere: new Set(), webhooks };
  const taken = await db.all<{ seq: number }>(sql`
    update events set taken_at = ${now}
    where seq in (select value from json_each(${jsonList(old)})) and open = 1
      and coalesce(taken_at, 0) <= ${now - TAKEN_MS}
    returning seq`);
  const own = new Set(taken.map(({ seq }) => seq));
  const elsewhere = new Set(old.filter((seq) => !own.has(seq)));
  return { rows: rows.filter(({ seq }) => !elsewhere.has(seq)), elsewhere, webhooks };
}
