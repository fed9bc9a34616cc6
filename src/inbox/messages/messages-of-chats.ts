import { sql, type SQL } from 'drizzle-orm';
import { askedChats, type ChatSelection, chatsOf } from '../chats/chat-selection.ts';
import {
  CHATS_LOOKED_AT,
  NEWEST_FIRST as NEWEST_CHATS_FIRST,
  type TimeRange,
} from '../chats/newest-chats.ts';
import { asMost, MAX_COUNTED, type PageRange, reachOf, takePart } from '../long-list.ts';
import { type MessageFilter, passes } from './message-filter.ts';
import { mostMessages, NEWEST_FIRST, newestMessages, selectInOrder } from './message-queries.ts';

/** Messages of the whole inbox looked through where many chats come into question. */
const READ_MESSAGES = 2_000;

/** So many chats that went on after the end of a list are looked into before the inbox is looked through. */
const FEW_CHATS = 50;

/** Selects a part of the messages of some chats that pass. */
export function selectMessagesOf(
  chats: ChatSelection,
  filter: MessageFilter,
  part: PageRange,
): SQL {
  return selectInOrder(sql`${newestMessagesOf(chats, filter, reachOf(part))}
    order by timestamp desc, n desc ${takePart(part)}`);
}

/**
 * Selects `n` and `timestamp` of messages of some chats that pass, the newest `reach` of them among others.
 * `opened` are the chats that can reach so far; a recursive query takes the newest message of all of them,
 * of either side, and puts the next one of its chat and side in its place. So it reads a few rows for
 * each message, and two for each chat that was opened. Where many may have to be opened the newest messages
 * of the inbox are looked through first: mostly those are enough.
 */
export function newestMessagesOf(chats: ChatSelection, filter: MessageFilter, reach: number): SQL {
  const sides = filter.fromUs === undefined ? [0, 1] : [Number(filter.fromUs)];
  const passesOn = passes({ ...filter, fromUs: undefined });
  return sql`
    with recursive ${candidates(chats, filter, reach)},
    merged(chat, side, timestamp, n) as (
      select o.chat, sides.value, m.timestamp, m.n
      from opened o cross join json_each(${JSON.stringify(sides)}) sides cross join messages m on m.n = (
        select m.n from messages m where m.chat = o.chat and m.from_us = sides.value and ${passesOn}
        ${NEWEST_FIRST} limit 1)
      union all
      select merged.chat, merged.side, m.timestamp, m.n from merged cross join messages m on m.n = (
        select m.n from messages m where m.chat = merged.chat and m.from_us = merged.side
          and m.timestamp <= merged.timestamp and (m.timestamp, m.n) < (merged.timestamp, merged.n)
          and ${passesOn} ${NEWEST_FIRST} limit 1)
      order by 3 desc, 4 desc limit ${reach}
    )
    select n, timestamp from merged union select n, timestamp from walked`;
}

/** Counts what `selectMessagesOf` lists. */
export function countMessagesOf(chats: ChatSelection, filter: MessageFilter): SQL {
  const either = filter.fromUs === undefined ? sql`m.from_us in (0, 1)` : sql`true`;
  const range = sinceOf(filter);
  // A chat with none of them is a row as well: where there are a thousand, more chats may come after them.
  const found = sql`select m.n from (select c.wa_id from ${chatsOf(chats, CHATS_LOOKED_AT, range)}) some
    left join messages m on m.chat = some.wa_id and ${either} and ${passes(filter)} limit ${MAX_COUNTED}`;
  const asked = sql`select 1 from (${askedChats(chats, CHATS_LOOKED_AT, range)}) limit ${CHATS_LOOKED_AT}`;
  const isCutOff = isOfAll(chats, filter)
    ? sql`false`
    : sql`(select count(*) from (${asked})) >= ${CHATS_LOOKED_AT}`;
  return sql`with found(rows, count) as materialized (select count(*), count(n) from (${found}))
    select case when rows >= ${MAX_COUNTED} or ${isCutOff} then ${MAX_COUNTED} else count end as count
      ${asMost(mostMessages({}))} from found`;
}

/**
 * `opened(chat)` and `walked(n, timestamp)`. Without an end in the past the chats with the newest messages
 * are opened, one per message. With one, these are of the chats that rested then; a chat that went on may
 * have any message before, so all of those come into question, as far as chats are looked at; likewise
 * where only one side's messages are wanted.
 */
function candidates(chats: ChatSelection, filter: MessageFilter, reach: number): SQL {
  const { beforeTime, fromUs } = filter;
  const range = sinceOf(filter);
  if (beforeTime === undefined && fromUs === undefined) {
    return sql`opened(chat) as materialized (${newest(chats, reach, range)}),
      walked(n, timestamp) as (select 0, 0 where false)`;
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
    walked(n, timestamp) as materialized (
      select read.n, read.timestamp
      from (${newestMessages(filter, sql`limit ${unlessFew(READ_MESSAGES)}`)}) read
        cross join messages m on m.n = read.n cross join chats c on c.wa_id = m.chat
      where ${chats.condition} limit ${reach}
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

/** Whether the list looks at no other chats than those that are counted: see `candidates`. */
function isOfAll({ rest }: ChatSelection, { beforeTime, fromUs }: MessageFilter): boolean {
  return rest.length === 0 || (beforeTime === undefined && fromUs === undefined);
}

/** A chat whose last message was before the list begins has none in it. */
function sinceOf({ sinceTime }: MessageFilter): { from?: number } {
  return sinceTime === undefined ? {} : { from: Math.max(0, sinceTime) };
}
