import { sql, type SQL } from 'drizzle-orm';
import type { Backlog } from '../inbox/health/stack-checks.ts';
import { RESEND_AFTER_MS } from '../stack/outbox/outbox-state.ts';
import type { Database } from '../store/database.ts';

/** Counting reads every row it counts, and a scrape comes every few seconds. */
export const MAX_COUNTED = 10_000;

/**
 * Selects as `due_at` (milliseconds) when what waits the longest was due; null where nothing waits, and
 * a time to come where nothing is overdue. A delivery is not overdue before its webhook may be asked
 * again, nor is a message while WhatsApp takes none; what a disabled webhook is kept, or waits its turn in a chat, is not due at all. A seek per
 * webhook, and one each for events and outbox.
 */
export function selectOldestDue(): SQL {
  return sql`
    select min(due_at) as due_at from (
      select * from (select created_at as due_at from events where open = 1 order by seq limit 1)
      union all select max(
          (select min(next_at) from deliveries where webhook_id = w.id and state = 'due'),
          coalesce(w.probe_at, 0), coalesce(w.turn_until, 0))
        from webhooks w where w.is_enabled = 1
      union all select * from (
        select max(o.next_at, m.timestamp * 1000, coalesce(o.attempted_at + ${RESEND_AFTER_MS}, 0),
          coalesce((select next_at from outbox_pause where id = 1), 0))
        from outbox o join messages m on m.n = o.n order by o.n limit 1))`;
}

/** For how long something has been overdue at `now` (milliseconds, 0 at least). */
export function pastDueMs(dueAt: number | null | undefined, now: number): number {
  return Math.max(0, now - (dueAt ?? now));
}

/** Asks the database for how long what lies waiting has been due at `now` (milliseconds). */
export async function readBacklog(db: Database, now: number): Promise<Backlog> {
  const row = await db.first<{ due_at: number | null; dead_letters: number }>(sql`
    select (${selectOldestDue()}) as due_at, ${countUpTo(sql`from dead_letters`)} as dead_letters`);
  return { pastDueMs: pastDueMs(row?.due_at, now), deadLetters: row?.dead_letters ?? 0 };
}

/** An SQL expression: how many rows there are, counted up to `MAX_COUNTED`; `from` follows `select …`. */
export function countUpTo(from: SQL): SQL {
  return sql`(select count(*) from (select 1 ${from} limit ${MAX_COUNTED}))`;
}
