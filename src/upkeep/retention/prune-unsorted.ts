import { sql } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import { KEY_LIFE_MS } from '../../inbox/sending/idempotency.ts';
import type { Pruned } from './prune-oldest.ts';

/** Rows removed by one statement. */
const MAX_ROWS = 1_000;

/** Removes `Idempotency-Key`s that are not remembered any more; `now` in milliseconds. Reads those of a day. */
export async function pruneKeys(db: Database, now: number): Promise<Pruned> {
  const removed = await db.run(sql`
    delete from idempotency_keys where (user_id, key) in (
      select user_id, key from idempotency_keys where created_at <= ${now - KEY_LIFE_MS} limit ${MAX_ROWS})`);
  return { removed, hasMore: removed === MAX_ROWS };
}

/** Removes replays that ended before a time (milliseconds). There are few. */
export async function pruneReplays(db: Database, before: number): Promise<Pruned> {
  const removed = await db.run(sql`
    delete from replays where id in (
      select id from replays where ended_at < ${before} order by id limit ${MAX_ROWS})`);
  return { removed, hasMore: removed === MAX_ROWS };
}
