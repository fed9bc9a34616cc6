import { sql, type SQL } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import type { ReplayFilter } from './replay-filter.ts';
import type { SeqRange } from './wanted-events.ts';

/**
 * Events are numbered when they are written and dated when their request began, so neighbours may be
 * dated the wrong way round, by less than this.
 */
const DISORDER_MS = 60_000;

/**
 * Returns the sequence numbers that hold all that a filter asks for of a webhook which gets events
 * after `sinceSeq`: from the first event there is, up to the newest of now. May be empty.
 */
export async function rangeOf(
  db: Database,
  sinceSeq: number,
  filter: ReplayFilter,
): Promise<SeqRange> {
  const [first, last] = [sql`select min(seq) from events`, sql`select max(seq) from events`];
  const from = filter.after === undefined ? first : firstSince(filter.after * 1000 - DISORDER_MS);
  const to = filter.before === undefined ? last : firstSince(filter.before * 1000 + DISORDER_MS);
  const row = await db.first<{ first: number | null; last: number | null }>(
    sql`select (${from}) as first, (${to}) as last`,
  );
  const after = Math.max(sinceSeq, filter.after_sequence ?? 0, (row?.first ?? 1) - 1);
  const until = Math.min(filter.until_sequence ?? Infinity, row?.last ?? 0);
  return { after, until: Math.max(after, until) };
}

/**
 * Selects the first event dated `at` (milliseconds) or later, or the newest one. There is no index by
 * time, but numbers and times rise together: it halves the numbers until one is left.
 */
function firstSince(at: number): SQL {
  const isBefore = sql`
    (select created_at from events where seq >= (low + high) / 2 order by seq limit 1) < ${at}`;
  return sql`
    with recursive half (low, high) as (
      select min(seq), max(seq) from events
      union all
      select iif(${isBefore}, (low + high) / 2 + 1, low), iif(${isBefore}, high, (low + high) / 2)
      from half where low < high
    ) select low from half where low = high`;
}
