import { sql, type SQL } from 'drizzle-orm';
import { findUsers, type Group } from '../../auth/user.ts';
import { type Database, jsonList } from '../../store/database.ts';
import {
  type ApiWhatsappGroup,
  type MemberRow,
  presentWhatsappGroup,
  selectMembers,
  selectWhatsappGroups,
  type WhatsappGroupRow,
} from '../groups/whatsapp-group.ts';
import { presentMessages, type Reader } from '../messages/load-messages.ts';
import { newestMessages } from '../messages/message-queries.ts';
import type { ApiMessage, MessageRow } from '../messages/present-message.ts';
import type { TagOn } from '../tags/tag.ts';
import { selectChatTags, type TagOnRow, tagsByOwner } from '../tags/tags-on.ts';
import { type ApiUser, presentUser } from '../users/present-user.ts';
import { type ChatRow, type Person, presentPerson } from './person.ts';

/** A chat as the API shows one (spec: retrieveChat). */
export interface ApiChat {
  contact: Person;
  /** How many of the customer's messages the reader has not received. */
  new_messages: number;
  wa_id: string;
  last_message: ApiMessage | null;
  assigned_to_user: ApiUser | null;
  assigned_group: Group | null;
  tags: TagOn[];
  kind: 'individual' | 'group';
  /** What WhatsApp told of the group; null where the chat is with one customer. */
  group: ApiWhatsappGroup | null;
}

/**
 * Shows chats, in the order given. What belongs to them is read in a number of round trips that does
 * not grow with their number.
 */
export async function presentChats(
  db: Database,
  chats: readonly ChatRow[],
  reader: Reader,
): Promise<ApiChat[]> {
  if (chats.length === 0) return [];
  const keys = chats.map((chat) => chat.wa_id);
  const groupIds = jsonList([...new Set(chats.flatMap((chat) => chat.assigned_group_id ?? []))]);
  const groupKeys = chats.filter(({ kind }) => kind === 'group').map((chat) => chat.wa_id);
  const [[rows, marks, groups, tags, whatsappGroups, members], users] = await Promise.all([
    db.batch<
      [
        MessageRow[],
        { chat: string; ordinal: number }[],
        Group[],
        TagOnRow[],
        WhatsappGroupRow[],
        MemberRow[],
      ]
    >([
      selectLastMessages(keys),
      sql`select chat, ordinal from marks where user_id = ${reader.userId}
          and chat in (select value from json_each(${jsonList(keys)}))`,
      sql`select id, name from groups where id in (select value from json_each(${groupIds}))`,
      selectChatTags(sql`select value from json_each(${jsonList(keys)})`),
      selectWhatsappGroups(groupKeys),
      selectMembers(groupKeys),
    ]),
    findUsers(
      db,
      chats.flatMap((chat) => chat.assigned_user_id ?? []),
    ),
  ]);
  const messages = await presentMessages(db, rows, reader);
  const lastOf = new Map(messages.map((message) => [message.customer_wa_id, message]));
  const markOf = new Map(marks.map((mark) => [mark.chat, mark.ordinal]));
  const groupOf = new Map(groups.map((group) => [group.id, group]));
  const tagsOf = tagsByOwner(tags);
  const whatsappGroupOf = new Map(whatsappGroups.map((group) => [group.chat, group]));
  const membersOf = Map.groupBy(members, (member) => member.chat);
  const userOf = new Map(users.map((user) => [user.id, presentUser(user, reader.baseUrl)]));
  return chats.map((chat) => ({
    contact: presentPerson(chat),
    new_messages: unread(chat, markOf.get(chat.wa_id) ?? 0),
    wa_id: chat.wa_id,
    last_message: lastOf.get(chat.wa_id) ?? null,
    assigned_to_user: userOf.get(chat.assigned_user_id ?? 0) ?? null,
    assigned_group: groupOf.get(chat.assigned_group_id ?? 0) ?? null,
    tags: tagsOf(chat.wa_id),
    kind: chat.kind ?? 'individual',
    group:
      chat.kind === 'group'
        ? presentWhatsappGroup(whatsappGroupOf.get(chat.wa_id), membersOf.get(chat.wa_id) ?? [])
        : null,
  }));
}

/** Ordinals outlive their messages, which may have been removed by age: never more than there are. */
function unread({ inbound_count, message_count }: ChatRow, mark: number): number {
  return Math.max(0, Math.min(inbound_count - mark, message_count));
}

/** Selects the last message of each chat: one look into `messages_by_chat` for each side and one row each. */
export function selectLastMessages(chats: readonly string[]): SQL {
  return sql`select m.* from json_each(${jsonList(chats)}) wanted cross join messages m on m.n = (
    select n from (${newestMessages({ chat: sql`wanted.value` }, sql`limit 1`)}))`;
}
