import { sql, type SQL } from 'drizzle-orm';
import { countRows, reachOf, takePart } from '../long-list.ts';
import { chatsOf } from '../chats/chat-selection.ts';
import { NEWEST_FIRST as NEWEST_CHATS_FIRST } from '../chats/newest-chats.ts';
import type { Part } from '../part.ts';
import { messagesWithTagNamed } from '../tags/tag-conditions.ts';
import { passes, passesAll, type MessageFilter } from './message-filter.ts';
import { NEWEST_FIRST } from './message-queries.ts';
import { isIn, type Phrase } from './phrase.ts';

/** What a search is for, and where. */
export interface MessageSearch {
  phrase: Phrase;
  filter: MessageFilter;
  part: Part;
}

/** Matches looked at where nothing else narrows the list: as many as are counted, and one more. */
const MATCHES = 1_001;

/** Matches looked at where a filter leaves some of them out. */
const FILTERED_MATCHES = 2_000;

/** Messages looked through one by one for what the index cannot answer. */
const READ_MESSAGES = 2_000;

/** Where a list is of some chats: those with the newest messages, and as many messages of each. */
const READ_CHATS = 200;
const READ_OF_CHAT = 200;

/** The index is in order of arrival; that is the order of the timestamps but for delays like this. */
const LATE_ARRIVAL_S = 3_600;

/** Selects a part of the messages that hold a phrase, or have a tag whose name does, and pass; newest first. */
export function searchMessages(search: MessageSearch): SQL {
  return sql`${findings(search)} select m.* ${readableFindings(search)} ${NEWEST_FIRST}
    ${takePart(search.part)}`;
}

/** Counts what `searchMessages` lists. */
export function countFoundMessages(search: MessageSearch): SQL {
  return sql`${findings(search)} ${countRows(readableFindings(search))}`;
}

/**
 * `with found(n) as …`: the newest messages that hold the phrase, in them or in a tag. The index gives its matches newest
 * first, so that a phrase of every second message costs no more than a rare one. What it cannot
 * answer, because the phrase is too short or so common that other lists' matches are all that is
 * looked at, is looked for in the newest messages of the list itself.
 */
function findings(search: MessageSearch): SQL {
  const { phrase, filter, part } = search;
  const tagged = sql`select n from (${messagesWithTagNamed(phrase, sql`${Math.max(MATCHES, reachOf(part))}`)})`;
  if (phrase.match === undefined) {
    return sql`with found(n) as (${tagged} union ${readThrough(phrase, filter, sql`${READ_MESSAGES}`)})`;
  }
  const isNarrow = !passesAll(filter);
  const depth = Math.max(isNarrow ? FILTERED_MATCHES : MATCHES, reachOf(part));
  const hits = sql`with hits(n) as materialized (${matches(phrase.match, sql`${depth}`)})`;
  if (!isNarrow) return sql`${hits}, found(n) as (select n from hits union ${tagged})`;
  /** A limit of 0 where the matches were fewer than was looked at, so that nothing is missing. */
  const unlessComplete = (limit: number): SQL =>
    sql`(select case when count(*) < ${depth} then 0 else ${limit} end from hits)`;
  return sql`${hits}, earlier(n) as (
      ${matches(phrase.match, unlessComplete(depth), arrivedBefore(filter))}
    ), found(n) as (
      select n from hits union select n from earlier union ${tagged}
      union ${readThrough(phrase, filter, unlessComplete(READ_MESSAGES))}
    )`;
}

function matches(match: string, limit: SQL, condition = sql``): SQL {
  return sql`select rowid from messages_search where messages_search match ${match} ${condition}
    order by rowid desc limit ${limit}`;
}

/** Where a list ends in the past, the newest matches are not its own: those before its end are. */
function arrivedBefore({ beforeTime }: MessageFilter): SQL {
  if (beforeTime === undefined) return sql`and false`;
  return sql`and rowid <= (select m.n from messages m
    where m.timestamp < ${beforeTime + LATE_ARRIVAL_S} ${NEWEST_FIRST} limit 1)`;
}

function readThrough(phrase: Phrase, filter: MessageFilter, limit: SQL): SQL {
  return sql`select read.n from (${newestOf(filter)} limit ${limit}) read
    where ${isIn(phrase, sql`read.search_text`)}`;
}

/** The newest messages of a list, or the newest of each of its newest chats: see `selectMessagesOf`. */
function newestOf(filter: MessageFilter): SQL {
  const { chats } = filter;
  if (chats === undefined) {
    return sql`select m.n, m.search_text from messages m where ${passes(filter)} ${NEWEST_FIRST}`;
  }
  return sql`select one.n, one.search_text from (
      select c.wa_id from ${chatsOf(chats, READ_CHATS)} ${NEWEST_CHATS_FIRST} limit ${READ_CHATS}
    ) newest cross join messages one on one.n in (
      select m.n from messages m where m.chat = newest.wa_id and ${passes(filter)} ${NEWEST_FIRST} limit ${READ_OF_CHAT})`;
}

/** `cross join` keeps the order of the tables: from what was found to the messages, never the other way. */
function readableFindings({ filter }: MessageSearch): SQL {
  const messages = sql`from found cross join messages m on m.n = found.n`;
  const { chats } = filter;
  if (chats === undefined) return sql`${messages} where ${passes(filter)}`;
  return sql`${messages} cross join chats c on c.wa_id = m.chat
    where ${passes(filter)} and ${chats.condition}`;
}
