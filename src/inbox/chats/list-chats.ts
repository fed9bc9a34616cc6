import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { type Database, jsonList } from '../../store/database.ts';
import { parseRecipient } from '../../waba/recipient.ts';
import { asLongList, type Counted, type LongList, type PageRange } from '../long-list.ts';
import type { Links } from '../media/links.ts';
import { type Phrase, readPhrase } from '../messages/phrase.ts';
import { assignmentFilterOf, type AssignmentQuery, type ChatFilter } from './chat-filter.ts';
import { countChats, findChats, selectChats } from './chat-search.ts';
import { type ChatSelection, selectionOf } from './chat-selection.ts';
import { type ChatRow, type Person, presentPerson } from './person.ts';
import { type ApiChat, presentChats } from './present-chats.ts';

/** What someone asks of the list of persons. */
export interface PersonsRequest {
  search: string | undefined;
  part: PageRange;
}

/** What someone asks of the list of chats. */
export interface ChatsRequest
  extends PersonsRequest, AssignmentQuery, Omit<ChatFilter, 'user' | 'isBegun' | 'assigned'> {}

/**
 * Lists the chats that a user may read, those with the newest messages first (spec: listChats). Throws
 * `invalid` as `assignmentFilterOf` does.
 */
export async function listChats(
  db: Database,
  user: User,
  { search, part, ...asked }: ChatsRequest,
  links: Links,
): Promise<LongList<ApiChat>> {
  const { assignedToMe, assignedGroup, ...filter } = asked;
  const assigned = assignmentFilterOf(user, { assignedToMe, assignedGroup });
  const list = await listRows(db, { ...filter, user, assigned, isBegun: true }, search, part);
  return { ...list, items: await presentChats(db, list.items, { userId: user.id, ...links }) };
}

/** Lists the customers of the chats that a user may read, the same way (spec: listPeople). */
export async function listPersons(
  db: Database,
  user: User,
  { search, part }: PersonsRequest,
): Promise<LongList<Person>> {
  const list = await listRows(db, { user, isBegun: false }, search, part);
  return { ...list, items: list.items.map(presentPerson) };
}

async function listRows(
  db: Database,
  filter: ChatFilter,
  search: string | undefined,
  part: PageRange,
): Promise<LongList<ChatRow>> {
  const selection = await selectionOf(db, filter);
  const phrase = readPhrase(numberIn(search) ?? search);
  if (phrase !== undefined) return findRows(db, selection, phrase, part);
  const [rows, counted] = await db.batch<[ChatRow[], Counted[]]>([
    selectChats(selection, part),
    countChats(selection),
  ]);
  return asLongList(rows, counted, part);
}

/** A number is found in the way in which chats are called, however it was typed. */
function numberIn(search: string | undefined): string | undefined {
  return search === undefined ? undefined : parseRecipient(search);
}

async function findRows(
  db: Database,
  selection: ChatSelection,
  phrase: Phrase,
  part: PageRange,
): Promise<LongList<ChatRow>> {
  const list = await findChats(db, selection, phrase, part);
  const rows = await db.all<ChatRow>(sql`select c.* from json_each(${jsonList(list.items)}) listed
    cross join chats c on c.n = listed.value order by listed.key`);
  return { ...list, items: rows };
}
