import { sql, type SQL } from 'drizzle-orm';

/** Counting reads every row it counts, and a scrape comes every few seconds. */
export const MAX_COUNTED = 10_000;

/** An SQL expression: how many rows there are, counted up to `MAX_COUNTED`; `from` follows `select …`. */
export function countUpTo(from: SQL): SQL {
  return sql`(select count(*) from (select 1 ${from} limit ${MAX_COUNTED}))`;
}
