import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { findUser, type User } from '../auth/user.ts';
import { jsonChunks } from '../store/database.ts';
import { openStack } from '../store/open-stack.ts';
import { SEARCH_KEY } from './messages/search-text.ts';

/** The default stack of the test configuration. */
export const stack = openStack(env, 'default');

const { db } = stack;

/** A message to be there before a test; what is not said does not matter to it. */
export interface SeedMessage {
  chat: string;
  timestamp: number;
  id?: string;
  wabaId?: string;
  text?: string;
  fromUs?: boolean;
  payload?: Record<string, unknown>;
  senderId?: number;
}

interface SeedChat {
  name?: string;
  userId?: string;
  assignedUserId?: number;
  assignedGroupId?: number;
}

/** Removes all rows that these helpers make. */
export async function clearInbox(): Promise<void> {
  for (const table of 'messages chats marks unread_views users user_groups messages_search chats_search'.split(
    ' ',
  )) {
    await db.run(sql.raw(`delete from ${table}`));
  }
  await db.run(sql`update counters set value = 0`);
}

/** Makes an active user; the three groups of the first migration are there to be in. */
export async function seedUser(
  username: string,
  { role = 'user', canReadChats = 'all' }: Partial<Pick<User, 'role' | 'canReadChats'>> = {},
  groupIds: readonly number[] = [],
): Promise<User> {
  const row = await db.first<{ id: number }>(sql`
    insert into users (username, role, is_active, can_read_chats, token_nonce, token_hash, created_at)
    values (${username}, ${role}, 1, ${canReadChats}, ${username}, ${username}, 1) returning id`);
  const id = row?.id ?? 0;
  for (const groupId of groupIds) {
    await db.run(sql`insert into user_groups (user_id, group_id) values (${id}, ${groupId})`);
  }
  const user = await findUser(db, id);
  if (user === undefined) throw new Error('The user was not made.');
  return user;
}

/** Makes a chat without messages. */
export async function seedChat(waId: string, chat: SeedChat = {}): Promise<void> {
  await insertChats([{ ...chat, waId }]);
}

async function insertChats(chats: readonly (SeedChat & { waId: string })[]): Promise<void> {
  const rows = chats.map((chat) => {
    const { waId, name = '' } = chat;
    return { ...chat, name, contact: JSON.stringify({ profile: { name }, wa_id: waId }) };
  });
  const json = JSON.stringify(rows);
  await db.batch([
    sql`insert into chats (wa_id, user_id, name, contact, assigned_user_id, assigned_group_id)
        select j.value->>'waId', j.value->>'userId', j.value->>'name', j.value->>'contact',
          j.value->>'assignedUserId', j.value->>'assignedGroupId' from json_each(${json}) j`,
    sql`insert into chats_search (rowid, text) select c.n, c.wa_id || ' ' || c.name
        from json_each(${json}) j join chats c on c.wa_id = j.value->>'waId'`,
    sql`update counters set value = value + ${rows.length} where name = 'chats'`,
  ]);
}

/** Makes messages, in this order of arrival, and chats for them where there are none. */
export async function seedMessages(messages: readonly SeedMessage[]): Promise<void> {
  const [chats, [last]] = await db.batch<
    [{ wa_id: string; inbound_count: number }[], { n: number }[]]
  >([
    sql`select wa_id, inbound_count from chats`,
    sql`select coalesce(max(n), 0) as n from messages`,
  ]);
  const counts = new Map(chats.map((chat) => [chat.wa_id, chat.inbound_count]));
  const named = [...new Set(messages.map((message) => message.chat))];
  await insertChats(named.filter((waId) => !counts.has(waId)).map((waId) => ({ waId })));
  const rows = messages.map((message) => toRow(message, counts));
  await db.batch([
    ...jsonChunks(rows).map(
      (json) => sql`
        insert into messages (id, waba_id, chat, from_us, type, timestamp, ordinal, payload, search_text, sender_id)
        select j.value->>'id', j.value->>'wabaId', j.value->>'chat', j.value->>'fromUs', 'text',
          j.value->>'timestamp', j.value->>'ordinal', j.value->>'payload', j.value->>'text', j.value->>'senderId'
        from json_each(${json}) j order by j.key`,
    ),
    sql`insert into messages_search (rowid, text)
        select ${SEARCH_KEY}, search_text from messages m where n > ${last?.n ?? 0} and search_text is not null order by 1`,
    sql`update chats set message_count = s.messages, inbound_count = s.incoming,
          last_message = s.newest, last_incoming = s.newest_incoming, first_message = s.oldest
        from (select chat, count(*) as messages, count(ordinal) as incoming, max(timestamp) as newest,
          min(timestamp) as oldest,
          max(iif(from_us = 0, timestamp, null)) as newest_incoming from messages group by chat) s
        where chats.wa_id = s.chat`,
    sql`update counters set value = (select count(*) from messages) where name = 'messages'`,
  ]);
}

function toRow(message: SeedMessage, counts: Map<string, number>): object {
  const { chat, timestamp, text = 'hello', fromUs = false } = message;
  const ordinal = fromUs ? null : (counts.get(chat) ?? 0) + 1;
  if (ordinal !== null) counts.set(chat, ordinal);
  const id = message.id ?? crypto.randomUUID();
  const wabaId = message.wabaId ?? `wamid.${id}`;
  const party = fromUs ? { to: chat } : { from: chat };
  const payload = { ...party, id: wabaId, type: 'text', text: { body: text }, ...message.payload };
  return {
    id,
    wabaId,
    chat,
    fromUs: fromUs ? 1 : 0,
    timestamp,
    ordinal,
    payload: JSON.stringify({ ...payload, timestamp: String(timestamp) }),
    text,
    senderId: message.senderId,
  };
}
