import { sql } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import type { Pruned } from './prune-oldest.ts';

/** Rows removed by one statement. */
const MAX_ROWS = 1_000;

/** Removes sessions that are over; `now` in milliseconds. Reads them all: fifty per user at most. */
export async function pruneSessions(db: Database, now: number): Promise<Pruned> {
  const removed = await db.run(sql`
    delete from sessions where id_hash in (
      select id_hash from sessions where expires_at <= ${now} limit ${MAX_ROWS})`);
  return { removed, hasMore: removed === MAX_ROWS };
}

/** Removes counts of failed logins whose time is over; `now` in milliseconds. Reads them all. */
export async function pruneLoginCounts(db: Database, now: number): Promise<Pruned> {
  const removed = await db.run(sql`
    delete from login_counts where bucket in (
      select bucket from login_counts where ends_at <= ${now} limit ${MAX_ROWS})`);
  return { removed, hasMore: removed === MAX_ROWS };
}
