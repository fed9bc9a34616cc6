import { sql, type SQL } from 'drizzle-orm';
import { toUser, type User, type UserRow, usersWhere } from '../../auth/user.ts';
import { type Database, jsonList } from '../../store/database.ts';
import { users } from '../../store/schema.ts';
import type { ChatRow } from '../chats/person.ts';
import type { Links } from '../media/links.ts';
import { readableChats } from '../permissions.ts';
import { selectChatTags, selectMessageTags, type TagOnRow, tagsByOwner } from '../tags/tags-on.ts';
import {
  type ApiMessage,
  contextIdOf,
  type MessageLookups,
  type MessageRow,
  parsePayload,
  presentMessage,
} from './present-message.ts';

/** Who a list is shown to: `received` depends on it. Null where it is for nobody in particular. */
export interface Reader extends Links {
  userId: number | null;
}

/**
 * Shows stored messages as the API lists them, in the order given. Reads what they refer to in one
 * round trip, however many messages there are.
 */
export async function presentMessages(
  db: Database,
  rows: readonly MessageRow[],
  reader: Reader,
): Promise<ApiMessage[]> {
  if (rows.length === 0) return [];
  const lookups = await loadLookups(db, rows, reader);
  return rows.map((row) => presentMessage(row, lookups));
}

async function loadLookups(
  db: Database,
  rows: readonly MessageRow[],
  reader: Reader,
): Promise<MessageLookups> {
  const chats = jsonList([...new Set(rows.map((row) => row.chat))]);
  const contextIds = rows.flatMap((row) => contextIdOf(parsePayload(row.payload)) ?? []);
  const ids = jsonList(rows.map((row) => row.id));
  const senderIds = [...new Set(rows.flatMap((row) => row.sender_id ?? []))];
  const [persons, contexts, marks, tags, chatTags, senders] = await db.batch<
    [
      ChatRow[],
      MessageRow[],
      { chat: string; ordinal: number }[],
      TagOnRow[],
      TagOnRow[],
      UserRow[],
    ]
  >([
    sql`select * from chats where wa_id in (select value from json_each(${chats}))`,
    selectByWabaId(contextIds),
    sql`select chat, ordinal from marks
        where user_id = ${reader.userId} and chat in (select value from json_each(${chats}))`,
    selectMessageTags(sql`select value from json_each(${ids})
      union all select m.id from json_each(${jsonList(contextIds)}) j join messages m on m.waba_id = j.value`),
    // A message may reply to one of another chat.
    selectChatTags(sql`select value from json_each(${chats})
      union all select m.chat from json_each(${jsonList(contextIds)}) j join messages m on m.waba_id = j.value`),
    usersWhere(sql`${users.id} in (select value from json_each(${jsonList(senderIds)})
      union all select m.sender_id from json_each(${jsonList(contextIds)}) j join messages m on m.waba_id = j.value)`),
  ]);
  const personOf = new Map(persons.map((row) => [row.wa_id, row]));
  const contextOf = new Map(contexts.map((row) => [row.waba_id, row]));
  const senderOf = new Map(senders.map((row) => [row.id, toUser(row)]));
  const markOf = new Map(marks.map((mark) => [mark.chat, mark.ordinal]));
  return {
    person: (chat) => personOf.get(chat),
    sender: (id) => senderOf.get(id),
    byWabaId: (wabaId) => contextOf.get(wabaId),
    mark: (chat) => markOf.get(chat) ?? 0,
    tags: tagsByOwner(tags),
    chatTags: tagsByOwner(chatTags),
    baseUrl: reader.baseUrl,
    mediaLink: (id) => reader.mediaLink(id),
  };
}

/** Selects messages by their WhatsApp ids. */
export function selectByWabaId(wabaIds: readonly string[]): SQL {
  return sql`select * from messages where waba_id in (select value from json_each(${jsonList(wabaIds)}))`;
}

/**
 * Returns the message with this id, ours or WhatsApp's, as its user sees it. Undefined where there is
 * none that the user may read.
 */
export async function retrieveMessage(
  db: Database,
  user: User,
  id: string,
  links: Links,
): Promise<ApiMessage | undefined> {
  const row = await db.first<MessageRow>(sql`
    select m.* from messages m join chats c on c.wa_id = m.chat
    where (m.id = ${id.toLowerCase()} or m.waba_id = ${id}) and ${readableChats(user)} limit 1`);
  if (row === undefined) return undefined;
  const [message] = await presentMessages(db, [row], { userId: user.id, ...links });
  return message;
}
