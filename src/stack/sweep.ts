import { sql } from 'drizzle-orm';
import type { Database } from '../store/database.ts';

/** An open event this old was lost by the queue, or waits in a long one: ringing again does no harm. */
const OPEN_GRACE_MS = 10_000;

/** How many of a kind are rung at once; the next sweep takes the rest. */
const MAX_RING = 100;

/** What lies waiting in the database, and when the next of it is due. */
export interface Waiting {
  /** Open events that nobody seems to be delivering. */
  events: number[];
  webhooks: number[];
  media: string[];
  /** Milliseconds; when to look again. */
  nextAt: number | undefined;
}

interface DueTime {
  next_at: number | null;
}

/**
 * Finds what is due, by its partial indexes: what is done with costs nothing here. Open events up to
 * `afterSeq` were rung a moment ago and are left out.
 */
export async function findWaiting(db: Database, now: number, afterSeq = 0): Promise<Waiting> {
  const [events, webhooks, media, nextDelivery, nextMedia, nextEvent] = await db.batch<
    [{ seq: number }[], { webhook_id: number }[], { id: string }[], DueTime[], DueTime[], DueTime[]]
  >([
    sql`select seq from events where open = 1 and seq > ${afterSeq} and created_at <= ${now - OPEN_GRACE_MS}
        order by seq limit ${MAX_RING}`,
    sql`select distinct webhook_id from deliveries where state = 'due' and next_at <= ${now} limit ${MAX_RING}`,
    sql`select id from media where state = 'pending' and next_at <= ${now} order by next_at limit ${MAX_RING}`,
    sql`select min(next_at) as next_at from deliveries where state = 'due' and next_at > ${now}`,
    sql`select min(next_at) as next_at from media where state = 'pending' and next_at > ${now}`,
    sql`select created_at + ${OPEN_GRACE_MS} as next_at from events where open = 1 and created_at > ${now - OPEN_GRACE_MS}
        order by seq limit 1`,
  ]);
  const times = [nextDelivery, nextMedia, nextEvent].flatMap(([row]) => row?.next_at ?? []);
  // A full page of events has more behind it, which nothing else would ring for.
  if (events.length === MAX_RING) times.push(now);
  return {
    events: events.map((event) => event.seq),
    webhooks: webhooks.map((webhook) => webhook.webhook_id),
    media: media.map((file) => file.id),
    nextAt: times.length === 0 ? undefined : Math.min(...times),
  };
}
