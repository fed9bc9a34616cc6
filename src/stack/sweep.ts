import { sql, type SQL } from 'drizzle-orm';
import { RING_AGAIN_AGE_MS } from '../delivery/take-events.ts';
import { selectDueRefresh } from '../inbox/refreshing/work-refreshes.ts';
import type { Database } from '../store/database.ts';
import { NEVER_MS } from '../webhooks/enablement.ts';

/** How many of a kind are rung at once; the next sweep takes the rest. */
const MAX_RING = 100;

/** What lies waiting in the database, and when the next of it is due. */
export interface Waiting {
  /** Open events that nobody seems to be delivering. */
  events: number[];
  webhooks: number[];
  media: string[];
  /** Replays whose next step is due. */
  replays: number[];
  /** Whether something is due to be fetched from WABA. */
  hasRefresh: boolean;
  /** Milliseconds; when to look again. */
  nextAt: number | undefined;
}

/** A webhook with pending deliveries, and when it is to be looked at (milliseconds). */
interface DueWebhook {
  id: number;
  due_at: number;
}

/** A running replay, and when its next step is due (milliseconds). */
interface RunningReplay {
  id: number;
  next_at: number;
}

interface DueTime {
  next_at: number | null;
}

/**
 * Finds what is due, by its partial indexes: what is done with costs nothing here. Open events up to
 * `afterSeq` were rung a moment ago and are left out.
 */
export async function findWaiting(db: Database, now: number, afterSeq = 0): Promise<Waiting> {
  const [events, webhooks, media, nextMedia, nextEvent, running, refreshes] = await db.batch<
    [
      { seq: number }[],
      DueWebhook[],
      { id: string }[],
      DueTime[],
      DueTime[],
      RunningReplay[],
      unknown[],
    ]
  >([
    sql`select seq from events where open = 1 and seq > ${afterSeq} and created_at <= ${now - RING_AGAIN_AGE_MS}
        order by seq limit ${MAX_RING}`,
    selectDueWebhooks(),
    sql`select id from media where state = 'pending' and next_at <= ${now} order by next_at limit ${MAX_RING}`,
    sql`select min(next_at) as next_at from media where state = 'pending' and next_at > ${now}`,
    sql`select created_at + ${RING_AGAIN_AGE_MS} as next_at from events where open = 1 and created_at > ${now - RING_AGAIN_AGE_MS}
        order by seq limit 1`,
    sql`select id, next_at from replays where state = 'running' order by next_at limit ${MAX_RING}`,
    selectDueRefresh(now),
  ]);
  const times = [nextMedia, nextEvent].flatMap(([row]) => row?.next_at ?? []);
  times.push(...webhooks.map(({ due_at }) => due_at).filter((at) => at > now && at < NEVER_MS));
  times.push(...running.map(({ next_at }) => next_at).filter((at) => at > now && at < NEVER_MS));
  // A full page of events has more behind it, which nothing else would ring for.
  if (events.length === MAX_RING) times.push(now);
  return {
    events: events.map((event) => event.seq),
    webhooks: webhooks.filter(({ due_at }) => due_at <= now).map(({ id }) => id),
    media: media.map((file) => file.id),
    replays: running.filter(({ next_at }) => next_at <= now).map(({ id }) => id),
    hasRefresh: refreshes.length > 0,
    nextAt: times.length === 0 ? undefined : Math.min(...times),
  };
}

/** One seek per webhook, of which a stack has a hundred at most. What nobody may take up now is not due. */
function selectDueWebhooks(): SQL {
  return sql`
    select id, max(next_at, free_at) as due_at from (
      select w.id, max(coalesce(w.probe_at, 0), coalesce(w.turn_until, 0)) as free_at,
        (select min(d.next_at) from deliveries d where d.webhook_id = w.id and d.state = 'due') as next_at
      from webhooks w where w.is_enabled = 1)
    where next_at is not null`;
}
