import { sql, type SQL } from 'drizzle-orm';
import { countRows, MAX_COUNTED, reachOf, readCounter, takePart } from '../long-list.ts';
import { isIn, type Phrase } from '../messages/phrase.ts';
import type { Part } from '../part.ts';
import { chatsWithTagNamed } from '../tags/tag-conditions.ts';
import { chatsOf, type ChatSelection } from './chat-selection.ts';
import { NEWEST_FIRST, within } from './newest-chats.ts';

/** Which chats a list is about. */
export interface ChatsQuery {
  selection: ChatSelection;
  phrase: Phrase | undefined;
}

/** Matches of the index looked at; they come in no useful order, so all of them have to be sorted. */
const MATCHES = 1_000;

/** Chats looked through one by one for what the index cannot answer. */
const READ_CHATS = 2_000;

/** Selects a part of the chats that pass, those with the newest messages first. */
export function selectChats(query: ChatsQuery, part: Part): SQL {
  return sql`${findings(query, reachOf(part))} select c.* from ${source(query, reachOf(part))} ${NEWEST_FIRST} ${takePart(part)}`;
}

/** Counts what `selectChats` lists. A chat is made with its first message, so all are in both lists. */
export function countChats(query: ChatsQuery): SQL {
  if (isEverything(query)) return readCounter('chats');
  const { selection, phrase } = query;
  if (phrase === undefined && selection.isCountedAlone) {
    return countRows(sql`from chats c where ${selection.condition}`);
  }
  if (phrase === undefined && selection.source !== undefined && selection.rest.length === 0) {
    return countRows(sql`from (${selection.source(MAX_COUNTED, selection.range)})`);
  }
  return sql`${findings(query, MAX_COUNTED)} ${countRows(sql`from ${source(query, MAX_COUNTED)}`)}`;
}

function isEverything({ selection, phrase }: ChatsQuery): boolean {
  const { source: index, rest, range } = selection;
  return phrase === undefined && index === undefined && rest.length === 0 && !range.from;
}

function source({ selection, phrase }: ChatsQuery, count: number): SQL {
  if (phrase === undefined) return listed(selection, count);
  return sql`found cross join chats c on c.n = found.n where ${selection.condition}`;
}

/** Without anything to ask the table is read in its own order, and no further than the list goes. */
function listed(selection: ChatSelection, count: number): SQL {
  if (selection.source !== undefined || selection.rest.length > 0) return chatsOf(selection, count);
  return sql`chats c where ${within(selection.range, sql`c.last_message`)}`;
}

/**
 * `with found(n) as …`: the chats that hold the phrase, or have a tag whose name does. Where the index
 * has more matches than are looked at, or cannot answer, the chats with the newest messages are looked
 * through instead, until `count` of them are found.
 */
function findings({ selection, phrase }: ChatsQuery, count: number): SQL {
  if (phrase === undefined) return sql``;
  const read = (limit: SQL): SQL =>
    sql`select n from (${readThrough(selection, phrase, limit)} limit ${count})`;
  const tagged = sql`select n from (${chatsWithTagNamed(phrase, sql`${MATCHES}`)})`;
  if (phrase.match === undefined) {
    return sql`with found(n) as (${read(sql`${READ_CHATS}`)} union ${tagged})`;
  }
  const unlessAllAreHit = sql`(select case when count(*) < ${MATCHES} then 0 else ${READ_CHATS} end from hits)`;
  return sql`with hits(n) as materialized (
      select rowid from chats_search where chats_search match ${phrase.match} limit ${MATCHES}
    ), found(n) as (
      select n from hits union ${tagged} union ${read(unlessAllAreHit)}
    )`;
}

function readThrough(selection: ChatSelection, phrase: Phrase, limit: SQL): SQL {
  return sql`select read.n from (
      select c.n, c.wa_id, c.name from ${listed(selection, READ_CHATS)} ${NEWEST_FIRST} limit ${limit}
    ) read where ${isIn(phrase, sql`(read.wa_id || ' ' || read.name)`)}`;
}
