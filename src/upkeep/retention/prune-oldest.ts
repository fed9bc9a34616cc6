import { sql, type SQL } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';

/** What a step of pruning did. */
export interface Pruned {
  /** How many rows are gone. */
  removed: number;
  /** Whether there may be more to do at once. */
  hasMore: boolean;
}

export const NOTHING: Pruned = { removed: 0, hasMore: false };

/** Tables whose rows are in the order of their numbers as old as those say: the number, the time. */
const TABLES = {
  attempts: { n: 'n', at: 'at' },
  waba_errors: { n: 'id', at: 'timestamp' },
  tagging_events: { n: 'id', at: 'timestamp' },
  assignment_events: { n: 'n', at: 'timestamp' },
} as const;

/** Rows removed by one statement: some milliseconds. */
const MAX_ROWS = 300;

/**
 * Removes rows that are older than `before` (in the unit of the table's time), the first ones first.
 * The newest row stays: its number would be given out again.
 */
export async function pruneOldest(
  db: Database,
  table: keyof typeof TABLES,
  before: number,
): Promise<Pruned> {
  const [n, at] = [sql.raw(TABLES[table].n), sql.raw(TABLES[table].at)];
  const from = sql.raw(table);
  const removed = await db.run(sql`
    delete from ${from} where ${n} in (
      select n from (
        select ${n} as n, ${at} as at from ${from} where ${n} < (select max(${n}) from ${from})
        order by ${n} limit ${windowIf(sql`select ${at} from ${from} order by ${n} limit 1`, before, MAX_ROWS)}
      ) where at < ${before})`);
  return { removed, hasMore: removed === MAX_ROWS };
}

/**
 * A limit of `rows` where the oldest time is before `before`, else of 0: as long as nothing is old
 * enough, looking for it costs one row read.
 */
export function windowIf(oldest: SQL, before: number, rows: number): SQL {
  return sql`(select case when (${oldest}) < ${before} then ${rows} else 0 end)`;
}
