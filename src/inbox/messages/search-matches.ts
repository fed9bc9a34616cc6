import { sql, type SQL } from 'drizzle-orm';
import type { MessageFilter } from './message-filter.ts';

/** Past all timestamps, and still a key that fits 63 bits when it is shifted. */
const END_OF_TIME = 2 ** 41;

/** Whether the message `m` is the one with a key; one look into `messages_by_side`. */
export function hasKey(key: SQL): SQL {
  return sql`m.from_us = (${key} & 1) and m.timestamp = (${key} >> 21)
    and (m.n & 1048575) = ((${key} >> 1) & 1048575)`;
}

/** Selects the keys `k` of the newest matches in the time of a filter, newest first. */
export function selectMatches(match: string, filter: MessageFilter, limit: SQL): SQL {
  return sql`select rowid as k from messages_search where messages_search match ${match}
    ${keysIn(filter)} order by rowid desc limit ${limit}`;
}

/** A shift makes integers of D1's numbers, as FTS5 wants them. */
function keysIn({ sinceTime, beforeTime }: MessageFilter): SQL {
  const from = sinceTime === undefined ? sql`` : sql`and rowid >= (${clamp(sinceTime)} << 21)`;
  return beforeTime === undefined ? from : sql`${from} and rowid < (${clamp(beforeTime)} << 21)`;
}

function clamp(time: number): number {
  return Math.min(Math.max(time, 0), END_OF_TIME);
}
