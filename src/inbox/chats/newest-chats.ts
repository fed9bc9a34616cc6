import { sql, type SQL } from 'drizzle-orm';

/** When the last messages of chats were: `from` (seconds) or later, and before `until`. */
export interface TimeRange {
  from?: number | undefined;
  until?: number | undefined;
}

/** Selects the `n` of at most `limit` chats, or a few times as many: of those that pass something, the newest. */
export type ChatSource = (limit: number, range: TimeRange) => SQL;

/** Chats looked at for what no index has; also, up to where they are counted to find the rarest. */
export const CHATS_LOOKED_AT = 1_000;

/** The order of the lists of chats, and of the indexes of `chats` that end with `last_message`. */
export const NEWEST_FIRST = sql.raw('order by c.last_message desc, c.wa_id desc');

/** Selects the `n` of the newest chats that pass `condition`, over the alias `c`; all of them by one index. */
export function newestChats(condition: SQL, limit: number, range: TimeRange): SQL {
  return sql`select c.n from chats c where ${condition} and ${within(range, sql`c.last_message`)}
    ${NEWEST_FIRST} limit ${limit}`;
}

/** Whether a time is in a range, as a condition. */
export function within({ from, until }: TimeRange, time: SQL): SQL {
  const since = from === undefined ? sql`true` : sql`${time} >= ${from}`;
  return until === undefined ? since : sql`${since} and ${time} < ${until}`;
}
