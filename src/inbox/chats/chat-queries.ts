import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { countRows, readCounter, takePart } from '../long-list.ts';
import type { Part } from '../part.ts';
import { readableAssigned, type AssignmentFilter } from './assignment-filter.ts';
import { isIn, type Phrase } from '../messages/phrase.ts';

/** Which chats a list is about. */
export interface ChatsQuery {
  user: User;
  phrase: Phrase | undefined;
  /** Whether customers are left out with whom no message was exchanged. */
  isBegun: boolean;
  assigned?: AssignmentFilter | undefined;
}

/** Matches of the index looked at; they come in no useful order, so all of them have to be sorted. */
const MATCHES = 1_000;

/** Chats looked through one by one for what the index cannot answer. */
const READ_CHATS = 2_000;

/** The order of the index `chats_by_last_message`. */
const NEWEST_FIRST = sql.raw('order by c.last_message desc, c.wa_id desc');

/** Selects a part of the chats that a user may read, those with the newest messages first. */
export function selectChats(query: ChatsQuery, part: Part): SQL {
  return sql`${findings(query)} select c.* ${source(query)} ${NEWEST_FIRST} ${takePart(part)}`;
}

/** Counts what `selectChats` lists. A chat is made with its first message, so all are in both lists. */
export function countChats(query: ChatsQuery): SQL {
  const { user, phrase, assigned } = query;
  const isWhole = user.canReadChats === 'all' && assigned === undefined;
  if (phrase === undefined && isWhole) return readCounter('chats');
  return sql`${findings(query)} ${countRows(source(query))}`;
}

/**
 * `with found(n) as …`: the chats that hold the phrase. Where the index has more matches than are
 * looked at, or cannot answer, the chats with the newest messages are looked through instead.
 */
function findings(query: ChatsQuery): SQL {
  const { phrase } = query;
  if (phrase === undefined) return sql``;
  if (phrase.match === undefined) {
    return sql`with found(n) as (${readThrough(query, phrase, sql`${READ_CHATS}`)})`;
  }
  const unlessAllAreHit = sql`(select case when count(*) < ${MATCHES} then 0 else ${READ_CHATS} end from hits)`;
  return sql`with hits(n) as materialized (
      select rowid from chats_search where chats_search match ${phrase.match} limit ${MATCHES}
    ), found(n) as (select n from hits union ${readThrough(query, phrase, unlessAllAreHit)})`;
}

function readThrough(query: ChatsQuery, phrase: Phrase, limit: SQL): SQL {
  return sql`select read.n from (
      select c.n, c.wa_id, c.name from chats c where ${isListed(query)} ${NEWEST_FIRST} limit ${limit}
    ) read where ${isIn(phrase, sql`(read.wa_id || ' ' || read.name)`)}`;
}

function source(query: ChatsQuery): SQL {
  const listed = sql`where ${isListed(query)}`;
  if (query.phrase === undefined) return sql`from chats c ${listed}`;
  return sql`from found cross join chats c on c.n = found.n ${listed}`;
}

function isListed({ user, isBegun, assigned }: ChatsQuery): SQL {
  const readable = readableAssigned(user, assigned);
  return isBegun ? sql`c.last_message is not null and ${readable}` : readable;
}
