import type { User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import { assignmentFilterOf, type AssignmentQuery } from './assignment-filter.ts';
import { countChats, selectChats, type ChatsQuery } from './chat-queries.ts';
import { asLongList, type LongList } from '../long-list.ts';
import type { Part } from '../part.ts';
import { presentPerson, type ChatRow, type Person } from './person.ts';
import { readPhrase } from '../messages/phrase.ts';
import { presentChats, type ApiChat } from './present-chats.ts';

/** What someone asks of the lists of chats and of persons. */
export interface ChatsRequest extends AssignmentQuery {
  search: string | undefined;
  part: Part;
}

/**
 * Lists the chats that a user may read, those with the newest messages first (spec: listChats). Throws
 * `invalid` as `assignmentFilterOf` does.
 */
export async function listChats(
  db: Database,
  user: User,
  request: ChatsRequest,
  baseUrl: string,
): Promise<LongList<ApiChat>> {
  const list = await listRows(db, user, request, true);
  return { ...list, items: await presentChats(db, list.items, { userId: user.id, baseUrl }) };
}

/** Lists the customers of the chats that a user may read, the same way (spec: listPeople). */
export async function listPersons(
  db: Database,
  user: User,
  request: ChatsRequest,
): Promise<LongList<Person>> {
  const list = await listRows(db, user, request, false);
  return { ...list, items: list.items.map(presentPerson) };
}

async function listRows(
  db: Database,
  user: User,
  request: ChatsRequest,
  isBegun: boolean,
): Promise<LongList<ChatRow>> {
  const { search, part } = request;
  const assigned = assignmentFilterOf(user, request);
  const query: ChatsQuery = { user, phrase: readPhrase(search), isBegun, assigned };
  const [rows, counted] = await db.batch<[ChatRow[], { count: number }[]]>([
    selectChats(query, part),
    countChats(query),
  ]);
  return asLongList(rows, counted, part);
}
