import { sql, type SQL } from 'drizzle-orm';
import { chatsOf, type ChatSelection } from '../chats/chat-selection.ts';
import {
  CHATS_LOOKED_AT,
  NEWEST_FIRST as NEWEST_CHATS_FIRST,
  type TimeRange,
} from '../chats/newest-chats.ts';
import { countRows, reachOf, takePart } from '../long-list.ts';
import type { Part } from '../part.ts';
import { passes, type MessageFilter } from './message-filter.ts';
import { NEWEST_FIRST } from './message-queries.ts';

/** Messages of the whole inbox looked through where many chats come into question. */
const READ_MESSAGES = 2_000;

/** So many chats that went on after the end of a list are looked into before the inbox is looked through. */
const FEW_CHATS = 50;

/**
 * Selects a part of the messages of some chats that pass. `opened` are the chats that can reach into
 * the part; a recursive query takes the newest message of all of them and puts the next one of its chat
 * in its place. So it reads a few rows for each message, and one for each chat that was opened. Where
 * many may have to be opened the newest messages of the inbox are looked through first: mostly the part
 * is among them.
 */
export function selectMessagesOf(chats: ChatSelection, filter: MessageFilter, part: Part): SQL {
  const reach = reachOf(part);
  return sql`
    with recursive ${candidates(chats, filter, reach)},
    merged(chat, timestamp, n) as (
      select o.chat, m.timestamp, m.n from opened o cross join messages m on m.n = (
        select m.n from messages m where m.chat = o.chat and ${passes(filter)} ${NEWEST_FIRST} limit 1)
      union all
      select merged.chat, m.timestamp, m.n from merged cross join messages m on m.n = (
        select m.n from messages m where m.chat = merged.chat and m.timestamp <= merged.timestamp
          and (m.timestamp, m.n) < (merged.timestamp, merged.n) and ${passes(filter)} ${NEWEST_FIRST} limit 1)
      order by 2 desc, 3 desc limit ${reach}
    ), found(n) as (select n from merged union select n from walked)
    select m.* from found cross join messages m on m.n = found.n ${NEWEST_FIRST} ${takePart(part)}`;
}

/** Counts what `selectMessagesOf` lists. */
export function countMessagesOf(chats: ChatSelection, filter: MessageFilter): SQL {
  return countRows(sql`from (select c.wa_id from ${chatsOf(chats, CHATS_LOOKED_AT, sinceOf(filter))}) some
    cross join messages m on m.chat = some.wa_id where ${passes(filter)}`);
}

/**
 * `opened(chat)` and `walked(n)`. Without an end in the past the chats with the newest messages are
 * opened, one per message. With one, these are of the chats that rested then; a chat that went on may
 * have any message before, so all of those come into question, as far as chats are looked at; likewise
 * where only one side's messages are wanted.
 */
function candidates(chats: ChatSelection, filter: MessageFilter, reach: number): SQL {
  const { beforeTime, fromUs } = filter;
  const range = sinceOf(filter);
  if (beforeTime === undefined && fromUs === undefined) {
    return sql`opened(chat) as materialized (${newest(chats, reach, range)}), walked(n) as (select 0 where false)`;
  }
  const since = Math.max(beforeTime ?? 0, range.from ?? 0);
  const wentOn = { from: fromUs === undefined ? since : range.from };
  const rested = { ...range, until: fromUs === undefined ? beforeTime : 0 };
  // A limit of 0 is seen before anything is read; a condition would be asked of every row.
  const unlessFew = (limit: number) =>
    sql`(select case when count(*) < ${FEW_CHATS} then 0 else ${limit} end from few)`;
  const unlessDone = (limit: number) =>
    sql`(select case when count(*) >= ${reach} then 0 else ${limit} end from walked)`;
  return sql`few(chat) as materialized (${newest(chats, FEW_CHATS, wentOn)}),
    walked(n) as materialized (
      select read.n from (
        select m.n, m.chat from messages m where ${passes(filter)}
        ${NEWEST_FIRST} limit ${unlessFew(READ_MESSAGES)}
      ) read cross join chats c on c.wa_id = read.chat where ${chats.condition} limit ${reach}
    ),
    opened(chat) as materialized (
      select chat from few
      union select wa_id from (
        ${newest(chats, CHATS_LOOKED_AT, wentOn, sql`min(${unlessFew(CHATS_LOOKED_AT)}, ${unlessDone(CHATS_LOOKED_AT)})`)})
      union select wa_id from (${newest(chats, reach, rested, unlessDone(reach))})
    )`;
}

function newest(chats: ChatSelection, count: number, range: TimeRange, limit = sql`${count}`): SQL {
  return sql`select c.wa_id from ${chatsOf(chats, count, range)} ${NEWEST_CHATS_FIRST} limit ${limit}`;
}

/** A chat whose last message was before the list begins has none in it. */
function sinceOf({ sinceTime }: MessageFilter): { from?: number } {
  return sinceTime === undefined ? {} : { from: Math.max(0, sinceTime) };
}
