import type { EventChat } from '../../events/audience.ts';
import { and, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';

import type { Database } from '../../store/database.ts';
import { query, type Statement } from '../../store/query.ts';
import {
  chat_taggings,
  chats,
  message_taggings,
  messages,
  tagging_events,
  tags,
} from '../../store/schema.ts';
import type { JsonRecord } from '../../waba/json-record.ts';
import { readableChats } from '../permissions.ts';
import { type ChatTaggingRow, type MessageTaggingRow, readExtra, type Tag } from './tag.ts';
import { shownId, type TaggedMessage } from './tagging-event.ts';

/** A tag on a chat (spec: retrieveChatTagging). */
export interface ChatTagging {
  id: number;
  tag: number;
  chat: string;
  extra: JsonRecord | null;
}

/** A tag on a message (spec: retrieveMessageTagging). */
export interface MessageTagging {
  id: number;
  tag: number;
  /** WhatsApp's id of the message; ours as long as it has none. */
  message: string;
  extra: JsonRecord | null;
}

/** What is known of a tagging: the tag, and what it is on. */
export interface FoundTagging {
  id: number;
  tag: Tag;
  chat: EventChat;
  extra: JsonRecord | null;
}

/** A tagging of a message. */
export interface FoundMessageTagging extends FoundTagging {
  message: TaggedMessage;
}

type Joined = Omit<Tag, 'id'> & EventChat;

/** Finds a tagging of a chat that the user may read. Throws `not_found` where there is none. */
export async function findChatTagging(db: Database, user: User, id: number): Promise<FoundTagging> {
  const row = await db.first<Joined & ChatTaggingRow>(sql`
    select g.*, t.name, t.web_inbox_color, c.wa_id, c.assigned_user_id, c.assigned_group_id
    from ${chat_taggings} g join ${tags} t on t.id = g.tag_id join ${chats} c on c.wa_id = g.chat
    where g.id = ${id} and t.state = 'live' and ${readableChats(user)}`);
  if (row === undefined) throw notFound();
  return toFound(row);
}

/** Finds a tagging of a message that the user may read. Throws `not_found` where there is none. */
export async function findMessageTagging(
  db: Database,
  user: User,
  id: number,
): Promise<FoundMessageTagging> {
  const row = await db.first<Joined & MessageTaggingRow & { waba_id: string | null }>(sql`
    select g.*, t.name, t.web_inbox_color, m.waba_id, c.wa_id, c.assigned_user_id, c.assigned_group_id
    from ${message_taggings} g join ${tags} t on t.id = g.tag_id
      join ${messages} m on m.id = g.message join ${chats} c on c.wa_id = m.chat
    where g.id = ${id} and t.state = 'live' and ${readableChats(user)}`);
  if (row === undefined) throw notFound();
  return { ...toFound(row), message: { id: row.message, waba_id: row.waba_id } };
}

/** Shows a tagging of a chat. */
export function presentChatTagging({ id, tag, chat, extra }: FoundTagging): ChatTagging {
  return { id, tag: tag.id, chat: chat.wa_id, extra };
}

/** Shows a tagging of a message. */
export function presentMessageTagging(found: FoundMessageTagging): MessageTagging {
  const { id, tag, message, extra } = found;
  return { id, tag: tag.id, message: shownId(message), extra };
}

function toFound(row: Joined & Pick<ChatTaggingRow, 'id' | 'tag_id' | 'extra'>): FoundTagging {
  const { id, tag_id, name, web_inbox_color, wa_id, assigned_user_id, assigned_group_id } = row;
  return {
    id,
    tag: { id: tag_id, name, web_inbox_color },
    chat: { wa_id, assigned_user_id, assigned_group_id },
    extra: readExtra(row.extra),
  };
}

/**
 * The statements that let tags and their history go along with chats that go on under another key.
 * `moves` is a JSON list of `{from, to}`; call them once the chats have moved. A tag that both chats have
 * stays as it is on the other one.
 */
export function moveTaggings(moves: SQL): SQL[] {
  const isMoved = sql`(select value->>'from' from json_each(${moves}))`;
  return [
    sql`update or ignore ${chat_taggings} set chat = m.value->>'to',
          last_message = (select ${chats.last_message} from ${chats} where ${chats.wa_id} = m.value->>'to')
        from json_each(${moves}) m where ${chat_taggings.chat} = m.value->>'from'`,
    sql`delete from ${chat_taggings} where ${chat_taggings.chat} in ${isMoved}`,
    // Each of the two kinds has an index of its own.
    sql`update ${tagging_events} set chat = m.value->>'to'
        from json_each(${moves}) m where ${tagging_events.chat} = m.value->>'from' and ${tagging_events.message} is null`,
    sql`update ${tagging_events} set chat = m.value->>'to'
        from json_each(${moves}) m where ${tagging_events.chat} = m.value->>'from' and ${tagging_events.message} is not null`,
  ];
}

/** The statements that remove the tags of chats and their history, where a condition holds; `keys` is a subquery. */
export function forgetChatTaggings(keys: SQL, condition: SQL): Statement[] {
  const isOfThem = sql`${tagging_events.chat} in ${keys}`;
  return [
    query.delete(chat_taggings).where(and(sql`${chat_taggings.chat} in ${keys}`, condition)),
    query.delete(tagging_events).where(and(isOfThem, isNull(tagging_events.message), condition)),
    query.delete(tagging_events).where(and(isOfThem, isNotNull(tagging_events.message), condition)),
  ];
}

/** The statements that remove the tags of messages and their history; `ids` is a JSON list of our ids. */
export function forgetMessageTaggings(ids: SQL): Statement[] {
  const isOneOfThem = ({ message }: typeof message_taggings | typeof tagging_events): SQL =>
    sql`${message} in (select value from json_each(${ids}))`;
  const isOnMessage = isNotNull(tagging_events.message);
  return [
    query.delete(message_taggings).where(isOneOfThem(message_taggings)),
    query.delete(tagging_events).where(and(isOneOfThem(tagging_events), isOnMessage)),
  ];
}
