import { sql, type SQL } from 'drizzle-orm';
import { type Database, jsonList } from '../../store/database.ts';
import { readCounter, totalOf } from '../counters.ts';
import {
  asLongPart,
  asMost,
  countRows,
  type LongList,
  MAX_COUNTED,
  type PageRange,
  reachOf,
  takePart,
} from '../long-list.ts';
import { isIn, type Phrase } from '../messages/phrase.ts';
import { newestWithTags, tagsNamed } from '../tags/tag-conditions.ts';
import { type ChatSelection, chatsOf } from './chat-selection.ts';
import { NEWEST_FIRST, within } from './newest-chats.ts';

/** Matches of the index looked at: they come in no useful order, so all of them have to be sorted. */
const MATCHES = 500;

/** Chats looked through one by one for what the index cannot answer. */
const READ_CHATS = 1_100;

/**
 * Returns the row numbers of the chats in a part of those that pass and hold a phrase, or have a tag whose
 * name does, those with the newest messages first. Where the index has more matches than are looked at,
 * or the phrase is too short for it, the chats with the newest messages are looked through; what is in
 * none of them is looked for in the matches.
 */
export async function findChats(
  db: Database,
  selection: ChatSelection,
  phrase: Phrase,
  part: PageRange,
): Promise<LongList<number>> {
  const [matches, tags, [total]] = await db.batch<
    [{ n: number }[], { id: number }[], { count: number }[]]
  >([
    phrase.match === undefined
      ? sql`select 0 as n where false`
      : sql`select rowid as n from chats_search where chats_search match ${phrase.match} limit ${MATCHES}`,
    tagsNamed(phrase),
    readCounter('chats'),
  ]);
  const most = total?.count ?? 0;
  const tagIds = tags.map(({ id }) => id);
  const isShort = phrase.match === undefined;
  const isComplete = !isShort && matches.length < MATCHES;
  if (!isComplete) {
    const found = await idsOf(db, readThrough(selection, phrase, tagIds, part));
    if (isShort || found.length >= reachOf(part)) return asLongPart(found, part, most);
  }
  const numbers = matches.map(({ n }) => n);
  const found = await idsOf(
    db,
    sql`${ofMatches(selection, numbers)}
    union ${ofTags(selection, tagIds, reachOf(part))}
    ${isComplete ? sql`` : sql`union select * from (${readThrough(selection, phrase, [], part)})`}
    order by 2 desc, 3 desc limit ${Math.max(reachOf(part), MAX_COUNTED)}`,
  );
  return asLongPart(found, part, most);
}

async function idsOf(db: Database, query: SQL): Promise<number[]> {
  const rows = await db.all<{ n: number }>(query);
  return rows.map(({ n }) => n);
}

const COLUMNS = sql.raw('c.n, c.last_message, c.wa_id');

function ofMatches(selection: ChatSelection, numbers: readonly number[]): SQL {
  return sql`select ${COLUMNS} from json_each(${jsonList(numbers)}) found
    cross join chats c on c.n = found.value where ${selection.condition}`;
}

/** Of each tag as many as the part reaches; of few tags more, to count them. */
function ofTags(selection: ChatSelection, tagIds: readonly number[], reach: number): SQL {
  const limit = Math.max(reach, Math.floor(MATCHES / Math.max(1, tagIds.length)));
  return sql`select ${COLUMNS} from ${newestWithTags(tagIds, sql`${limit}`)} where ${selection.condition}`;
}

/** In the order of the list, as many as the part reaches or are counted. */
function readThrough(
  selection: ChatSelection,
  phrase: Phrase,
  tagIds: readonly number[],
  part: PageRange,
): SQL {
  const limit = Math.max(READ_CHATS, reachOf(part));
  const isTagged =
    tagIds.length === 0
      ? sql`false`
      : sql`exists (select 1 from chat_taggings g where g.chat = read.wa_id
          and g.tag_id in (select value from json_each(${jsonList(tagIds)})))`;
  return sql`select read.n, read.last_message, read.wa_id from (
      select ${COLUMNS}, c.name from ${listed(selection, limit)} ${NEWEST_FIRST} limit ${limit}
    ) read where ${isIn(phrase, sql`(read.wa_id || ' ' || read.name)`)} or ${isTagged}`;
}

/** Selects a part of the chats that pass, those with the newest messages first. */
export function selectChats(selection: ChatSelection, part: PageRange): SQL {
  return sql`select c.* from ${listed(selection, reachOf(part))} ${NEWEST_FIRST} ${takePart(part)}`;
}

/** Counts what `selectChats` lists. A chat is made with its first message, so all are in both lists. */
export function countChats(selection: ChatSelection): SQL {
  const { count, counted, rest, source, range } = selection;
  const most = totalOf('chats');
  if (count !== undefined) return sql`select ${count} as count ${asMost(most)}`;
  if (counted !== undefined) return countRows(counted, most);
  if (source === undefined && rest.length === 0 && !range.from) return readCounter('chats');
  return countRows(sql`from ${listed(selection, MAX_COUNTED)}`, most);
}

/** Without anything to ask the table is read in its own order, and no further than the list goes. */
function listed(selection: ChatSelection, count: number): SQL {
  if (selection.source !== undefined || selection.rest.length > 0) return chatsOf(selection, count);
  return sql`chats c where ${within(selection.range, sql`c.last_message`)}`;
}
