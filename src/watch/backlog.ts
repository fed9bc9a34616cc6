import { sql } from 'drizzle-orm';
import type { Backlog } from '../inbox/health/stack-checks.ts';
import type { Database } from '../store/database.ts';
import { countUpTo } from './count-up-to.ts';
import { pastDueMs, selectOldestDue } from './overdue.ts';

/** Asks the database for how long what lies waiting has been due at `now` (milliseconds). */
export async function readBacklog(db: Database, now: number): Promise<Backlog> {
  const row = await db.first<{ due_at: number | null; dead_letters: number }>(sql`
    select (${selectOldestDue()}) as due_at, ${countUpTo(sql`from dead_letters`)} as dead_letters`);
  return { pastDueMs: pastDueMs(row?.due_at, now), deadLetters: row?.dead_letters ?? 0 };
}
