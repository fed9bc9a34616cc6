import { sql, type SQL } from 'drizzle-orm';
import type { Part } from './part.ts';

/** A part of a list that may be too long to count: `count` stops at `MAX_COUNTED`, `hasNext` is right. */
export interface LongList<Item> {
  items: Item[];
  count: number;
  hasNext: boolean;
}

/** Counting reads rows, and rows read are what a page costs; nobody pages through more by number. */
export const MAX_COUNTED = 1_000;

/** The clause that takes a part and one row more, which tells whether there is a next part. */
export function takePart({ limit, offset }: Part): SQL {
  return sql`limit ${limit + 1} offset ${offset}`;
}

/** How many rows from the start of a list its part reaches, with the one row more. */
export function reachOf({ limit, offset }: Part): number {
  return offset + limit + 1;
}

/** Selects how many rows there are as `count`; `from` is what follows `select …`. */
export function countRows(from: SQL): SQL {
  return sql`select count(*) as count from (select 1 ${from} limit ${MAX_COUNTED})`;
}

/** Selects one of the stack's totals as `count`. */
export function readCounter(name: 'messages' | 'chats'): SQL {
  return sql`select value as count from counters where name = ${name}`;
}

/** Makes the part of a list out of what identifies its items: all of them, or as many as are counted. */
export function asLongPart<Id>(ids: readonly Id[], { limit, offset }: Part): LongList<Id> {
  return {
    items: ids.slice(offset, offset + limit),
    count: Math.min(ids.length, MAX_COUNTED),
    hasNext: ids.length > offset + limit,
  };
}

/** Makes the part out of its rows and the one row more. */
export function asLongList<Item>(
  rows: readonly Item[],
  counted: readonly { count: number }[],
  { limit }: Part,
): LongList<Item> {
  return {
    items: rows.slice(0, limit),
    count: counted[0]?.count ?? 0,
    hasNext: rows.length > limit,
  };
}
