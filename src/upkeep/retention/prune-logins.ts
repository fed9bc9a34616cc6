import { inArray, lte } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { login_counts, sessions } from '../../store/schema.ts';
import type { Pruned } from './prune-oldest.ts';

/** Rows removed by one statement. */
const MAX_ROWS = 1_000;

/** Removes sessions that are over; `now` in milliseconds. Reads them all: fifty per user at most. */
export async function pruneSessions(db: Database, now: number): Promise<Pruned> {
  const { id_hash, expires_at } = sessions;
  const over = query.select({ id_hash }).from(sessions).where(lte(expires_at, now)).limit(MAX_ROWS);
  const removed = await db.run(query.delete(sessions).where(inArray(id_hash, over)));
  return { removed, hasMore: removed === MAX_ROWS };
}

/** Removes counts of failed logins whose time is over; `now` in milliseconds. Reads them all. */
export async function pruneLoginCounts(db: Database, now: number): Promise<Pruned> {
  const { bucket, ends_at } = login_counts;
  const over = query.select({ bucket }).from(login_counts).where(lte(ends_at, now)).limit(MAX_ROWS);
  const removed = await db.run(query.delete(login_counts).where(inArray(bucket, over)));
  return { removed, hasMore: removed === MAX_ROWS };
}
