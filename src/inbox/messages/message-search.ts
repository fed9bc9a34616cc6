import { sql, type SQL } from 'drizzle-orm';
import { asMost, countRows, MAX_COUNTED, type PageRange, reachOf, takePart } from '../long-list.ts';
import { messagesWithTagNamed } from '../tags/tag-conditions.ts';
import { type MessageFilter, passes } from './message-filter.ts';
import { mostMessages, newestMessages, selectInOrder } from './message-queries.ts';
import { newestMessagesOf } from './messages-of-chats.ts';
import { isIn, type Phrase } from './phrase.ts';
import { SEARCH_KEY } from './search-text.ts';

/** Past all timestamps, and still a key that fits 63 bits when it is shifted. */
const END_OF_TIME = 2 ** 41;

/** What a search is for, and where. */
export interface MessageSearch {
  phrase: Phrase;
  filter: MessageFilter;
  part: PageRange;
}

/** Messages looked through one by one for what the index cannot answer: see `findMessages`. */
const READ_MESSAGES = 2_000;

/** The same where they are those of some chats, each of which takes a few reads to find. */
const READ_OF_CHATS = 300;

/** Matches looked at where a filter leaves some of them out. */
const FILTERED_MATCHES = 1_000;

/** Whether the index of what is searched gives exactly what passes, newest first, and in any time. */
export function isIndexed({ phrase, filter }: MessageSearch): boolean {
  const { chat, chats, fromUs } = filter;
  return [chat, chats, fromUs].every((asked) => asked === undefined) && phrase.match !== undefined;
}

/** Selects a part of the messages that hold a phrase, or have a tag whose name does, newest first; see `isIndexed`. */
export function searchMessages(search: MessageSearch): SQL {
  const { part } = search;
  return selectInOrder(sql`with ${hits(search, reachOf(part))}
    select m.n, m.timestamp from hits cross join messages m on ${hasKey(sql`hits.k`)}
    union ${tagged(search, sql`m.n, m.timestamp`, sql`${reachOf(part)}`)}
    order by 2 desc, 1 desc ${takePart(part)}`);
}

/** Counts what `searchMessages` lists: the matches, and where they are few those with a tag that are none. */
export function countFoundMessages(search: MessageSearch): SQL {
  const { phrase, filter } = search;
  const match = phrase.match ?? '';
  const left = sql`(select ${MAX_COUNTED} - count from hits)`;
  return sql`with hits(count) as materialized (
      ${countRows(sql`from (${selectMatches(match, filter, sql`${MAX_COUNTED}`)})`)}
    ) select (select count from hits) + (select count(*) from (
      ${tagged(search, sql`1`, left)} and not exists (select 1 from messages_search
        where messages_search match ${match} and rowid = ${SEARCH_KEY}) limit ${left})) as count
      ${asMost(mostMessages(filter))}`;
}

/**
 * Selects `n` and `timestamp` of messages that hold a phrase, or have a tag whose name does, and pass a
 * filter that the index of what is searched does not know; newest first, as many as a part reaches or are
 * counted. Of the newest matches in its time so many are looked at. If there are more, or the
 * phrase is too short for the index, it is looked for in the newest messages of the list itself.
 */
export function findMessages(search: MessageSearch): SQL {
  const { phrase, filter, part } = search;
  const reach = Math.max(reachOf(part), MAX_COUNTED);
  const order = sql`order by 2 desc, 1 desc limit ${reach}`;
  const ofTags = tagged(search, sql`m.n, m.timestamp`, sql`${reach}`);
  if (phrase.match === undefined) {
    return sql`select * from (${readThrough(search, sql`-1`)}) union ${ofTags} ${order}`;
  }
  // A limit of 0 is seen before anything is read.
  const unlessAll = sql`(select case when count(*) < ${FILTERED_MATCHES} then 0 else -1 end from hits)`;
  return sql`with ${hits(search, FILTERED_MATCHES)}
    select m.n, m.timestamp from hits cross join messages m on ${hasKey(sql`hits.k`)} ${condition(filter)}
    union select * from (${readThrough(search, unlessAll)})
    union ${ofTags} ${order}`;
}

function hits({ phrase, filter }: MessageSearch, limit: number): SQL {
  return sql`hits(k) as materialized (${selectMatches(phrase.match ?? '', filter, sql`${limit}`)})`;
}

function tagged({ phrase, filter }: MessageSearch, columns: SQL, limit: SQL): SQL {
  return sql`select ${columns} from (${messagesWithTagNamed(phrase, limit)}) tagged
    cross join messages m on m.n = tagged.n ${condition(filter)}`;
}

/** What follows a join of the messages `m`: from those that were found to their chats, never the other way. */
function condition(filter: MessageFilter): SQL {
  const { chats } = filter;
  if (chats === undefined) return sql`where ${passes(filter)}`;
  return sql`cross join chats c on c.wa_id = m.chat where ${passes(filter)} and ${chats.condition}`;
}

function readThrough({ phrase, filter }: MessageSearch, limit: SQL): SQL {
  const { chats } = filter;
  if (chats === undefined) {
    const newest = newestMessages(filter, sql`limit ${READ_MESSAGES}`, sql`, m.search_text`);
    return sql`select n, timestamp from (${newest}) where ${isIn(phrase, sql`search_text`)} limit ${limit}`;
  }
  const newest = newestMessagesOf(chats, filter, READ_OF_CHATS);
  return sql`select read.n, read.timestamp from (${newest}) read cross join messages m on m.n = read.n
    where ${isIn(phrase, sql`m.search_text`)} limit ${limit}`;
}

/** Whether the message `m` is the one with a key; one look into `messages_by_side`. */
function hasKey(key: SQL): SQL {
  return sql`m.from_us = (${key} & 1) and m.timestamp = (${key} >> 21)
    and (m.n & 1048575) = ((${key} >> 1) & 1048575)`;
}

/** Selects the keys `k` of the newest matches in the time of a filter, newest first. */
function selectMatches(match: string, filter: MessageFilter, limit: SQL): SQL {
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
