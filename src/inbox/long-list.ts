import { sql, type SQL } from 'drizzle-orm';

/** A part of a list, as `limit` and `offset` ask for it. */
export interface PageRange {
  limit: number;
  offset: number;
}

/**
 * A part of a list that may be too long to count. `count` is right up to `MAX_COUNTED`; above, and where a search
 * does not know, it is how many there can be at most, so that nobody who pages by it ends too early.
 */
export interface LongList<Item> {
  items: Item[];
  count: number;
  hasNext: boolean;
}

/** Counting reads rows, and rows read are what a page costs: from here on it is told how many there can be. */
export const MAX_COUNTED = 1_000;

/** What a list's count found: right unless it is `MAX_COUNTED`, and no more than `most`. */
export interface Counted {
  count: number;
  most?: number;
}

/** The clause that takes a part and one row more, which tells whether there is a next part. */
export function takePart({ limit, offset }: PageRange): SQL {
  return sql`limit ${limit + 1} offset ${offset}`;
}

/** How many rows from the start of a list its part reaches, with the one row more. */
export function reachOf({ limit, offset }: PageRange): number {
  return offset + limit + 1;
}

/**
 * Selects how many rows there are as `count`; `from` is what follows `select …`. `most` is an expression for how
 * many there can be, which is read at once.
 */
export function countRows(from: SQL, most?: SQL): SQL {
  return sql`select count(*) as count ${asMost(most)} from (select 1 ${from} limit ${MAX_COUNTED})`;
}

/** The column that says how many rows there can be. */
export function asMost(most: SQL | undefined): SQL {
  return most === undefined ? sql`` : sql`, ${most} as most`;
}

/** How many rows a table can have by the numbers of its first and last one, as an expression. */
export function spanOf(
  table: 'assignment_events' | 'dead_letters' | 'tagging_events' | 'waba_errors',
): SQL {
  const [rows, id] = [sql.raw(table), sql.raw(table === 'assignment_events' ? 'n' : 'id')];
  // Two looks into the index: with both in one SQLite reads it through.
  return sql`coalesce((select max(${id}) from ${rows}) - (select min(${id}) from ${rows}) + 1, 0)`;
}

/** Makes the part of a list out of what identifies its items: all of them, or as many as are counted. */
export function asLongPart<Id>(ids: readonly Id[], part: PageRange, most: number): LongList<Id> {
  const items = ids.slice(part.offset, part.offset + part.limit);
  const hasNext = ids.length > part.offset + part.limit;
  const count = countOf({ count: Math.min(ids.length, MAX_COUNTED), most }, part, {
    shown: items.length,
    hasNext,
  });
  return { items, count, hasNext };
}

/** Makes the part out of its rows and the one row more. */
export function asLongList<Item>(
  rows: readonly Item[],
  counted: readonly Counted[],
  part: PageRange,
): LongList<Item> {
  const items = rows.slice(0, part.limit);
  const hasNext = rows.length > part.limit;
  const count = countOf(counted[0] ?? { count: 0 }, part, { shown: items.length, hasNext });
  return { items, count, hasNext };
}

/** What `count` says: see `LongList`. Whoever is on the last part knows it. */
function countOf(
  { count, most = count }: Counted,
  { offset }: PageRange,
  { shown, hasNext }: { shown: number; hasNext: boolean },
): number {
  const reached = offset + shown;
  const isSure = count !== MAX_COUNTED && (count > reached || !hasNext);
  const known = isSure ? count : Math.max(most, count);
  if (hasNext) return Math.max(known, reached + 1);
  return shown > 0 ? reached : Math.min(known, offset);
}
