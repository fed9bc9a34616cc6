import { sql, type SQL } from 'drizzle-orm';
import { chatsOf, type ChatSelection } from '../chats/chat-selection.ts';
import { CHATS_LOOKED_AT, NEWEST_FIRST as NEWEST_CHATS_FIRST } from '../chats/newest-chats.ts';
import { countRows, reachOf, takePart } from '../long-list.ts';
import type { Part } from '../part.ts';
import { passes, type MessageFilter } from './message-filter.ts';
import { NEWEST_FIRST } from './message-queries.ts';

/** Messages of the whole inbox looked through where more chats come into question than are looked into. */
const READ_MESSAGES = 2_000;

/**
 * Selects a part of the messages of some chats that pass. The inbox is not walked: `opened` are the
 * chats that can reach into the part, and a recursive query takes the newest message of all of them and
 * puts the next one of its chat in its place. So it reads a few rows for each message, and one for each
 * chat that was opened.
 */
export function selectMessagesOf(chats: ChatSelection, filter: MessageFilter, part: Part): SQL {
  const reach = reachOf(part);
  return sql`
    with recursive opened(chat) as materialized (${opened(chats, filter, reach)}),
    merged(chat, timestamp, n) as (
      select o.chat, m.timestamp, m.n from opened o cross join messages m on m.n = (
        select m.n from messages m where m.chat = o.chat and ${passes(filter)} ${NEWEST_FIRST} limit 1)
      union all
      select merged.chat, m.timestamp, m.n from merged cross join messages m on m.n = (
        select m.n from messages m where m.chat = merged.chat and m.timestamp <= merged.timestamp
          and (m.timestamp, m.n) < (merged.timestamp, merged.n) and ${passes(filter)} ${NEWEST_FIRST} limit 1)
      order by 2 desc, 3 desc limit ${reach}
    ), found(n) as (
      select n from merged union select n from (${readThrough(chats, filter)})
    )
    select m.* from found cross join messages m on m.n = found.n ${NEWEST_FIRST} ${takePart(part)}`;
}

/** Counts what `selectMessagesOf` lists. */
export function countMessagesOf(chats: ChatSelection, filter: MessageFilter): SQL {
  return countRows(sql`from (select c.wa_id from ${chatsOf(chats, CHATS_LOOKED_AT, sinceOf(filter))}) some
    cross join messages m on m.chat = some.wa_id where ${passes(filter)}`);
}

/**
 * The chats that can reach into a list. Without an end in the past these are the ones with the newest
 * messages, one per message. With one, they are of the chats that rested then; a chat that went on may
 * have any message before, so all of those are looked into, as far as chats are looked at.
 */
function opened(chats: ChatSelection, filter: MessageFilter, reach: number): SQL {
  const { beforeTime, fromUs } = filter;
  const range = sinceOf(filter);
  if (fromUs !== undefined) return newest(chats, CHATS_LOOKED_AT, range);
  if (beforeTime === undefined) return newest(chats, reach, range);
  const wentOn = { from: Math.max(beforeTime, range.from ?? beforeTime) };
  return sql`select wa_id from (${newest(chats, CHATS_LOOKED_AT, wentOn)})
    union select wa_id from (${newest(chats, reach, { ...range, until: beforeTime })})`;
}

function newest(...[chats, count, range]: Required<Parameters<typeof chatsOf>>): SQL {
  return sql`select c.wa_id from ${chatsOf(chats, count, range)} ${NEWEST_CHATS_FIRST} limit ${count}`;
}

/** Where not all chats that come into question were opened, those with much traffic are found this way. */
function readThrough(chats: ChatSelection, filter: MessageFilter): SQL {
  const unlessAllAreOpen = sql`(select case when count(*) < ${CHATS_LOOKED_AT} then 0 else ${READ_MESSAGES} end from opened)`;
  return sql`select read.n from (
      select m.n, m.chat from messages m where ${passes(filter)} ${NEWEST_FIRST} limit ${unlessAllAreOpen}
    ) read cross join chats c on c.wa_id = read.chat where ${chats.condition}`;
}

/** A chat whose last message was before the list begins has none in it. */
function sinceOf({ sinceTime }: MessageFilter): { from?: number } {
  return sinceTime === undefined ? {} : { from: Math.max(0, sinceTime) };
}
