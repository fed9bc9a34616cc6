import type { User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import { asLongList, type LongList } from '../long-list.ts';
import { readPhrase } from '../messages/phrase.ts';
import type { Part } from '../part.ts';
import { assignmentFilterOf, type AssignmentQuery } from './assignment-filter.ts';
import type { ChatFilter } from './chat-filter.ts';
import { countChats, selectChats } from './chat-queries.ts';
import { selectionOf } from './chat-selection.ts';
import { presentPerson, type ChatRow, type Person } from './person.ts';
import { presentChats, type ApiChat } from './present-chats.ts';

/** What someone asks of the list of persons. */
export interface PersonsRequest {
  search: string | undefined;
  part: Part;
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
  baseUrl: string,
): Promise<LongList<ApiChat>> {
  const { assignedToMe, assignedGroup, ...filter } = asked;
  const assigned = assignmentFilterOf(user, { assignedToMe, assignedGroup });
  const list = await listRows(db, { ...filter, user, assigned, isBegun: true }, search, part);
  return { ...list, items: await presentChats(db, list.items, { userId: user.id, baseUrl }) };
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
  part: Part,
): Promise<LongList<ChatRow>> {
  const query = { selection: await selectionOf(db, filter), phrase: readPhrase(search) };
  const [rows, counted] = await db.batch<[ChatRow[], { count: number }[]]>([
    selectChats(query, part),
    countChats(query),
  ]);
  return asLongList(rows, counted, part);
}
