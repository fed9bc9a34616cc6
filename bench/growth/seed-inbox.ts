import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import type { DatabaseSync } from 'node:sqlite';
import { SEARCH_KEY } from '../../src/inbox/messages/search-text.ts';
import { messageText, uuidOf } from './seed-text.ts';

/** How large an inbox is to be. */
export interface InboxSize {
  chats: number;
  messages: number;
}

/** Whom the filters are about: the one who asks, and a group of theirs. */
export interface SeedOwner {
  userId: number;
  groupId: number;
}

/** So many messages are one customer's, at every size: what is read of one chat is to be comparable. */
export const LONG_CHAT_MESSAGES = 400;
export const LONG_CHAT = waIdOf(0);

/** Seconds; when the first message came. Each comes a second after the one before. */
export const FIRST_SECOND = 1_700_000_000;

/** Of every so many messages one is ours. */
const SENT_EVERY = 3;

/** Which chats are what: each so-manieth. */
const EVERY = {
  mine: 25,
  group: 4,
  blocked: 40,
  reported: 50,
  referred: 10,
  tagged: 5,
};

/** Thirty chats that have messages at every size: they have the rare tag, and are unread. */
const isOfTheFew = 'n % 30 = 4 and n <= 900';

/** How many values of each kind there are to filter by. */
const REFERRALS = 50;

/** Fills an empty database with an inbox: the same one for the same size, by SQLite's own means. */
export function seedInbox(db: DatabaseSync, size: InboxSize, owner: SeedOwner): void {
  db.exec('pragma synchronous = off; pragma cache_size = -400000; begin');
  insertMessages(db, size);
  insertChats(db, size, owner);
  db.exec(`
    insert into messages_search (rowid, text) select ${searchKey()}, search_text from messages m order by 1;
    insert into chats_search (rowid, text) select n, wa_id || ' ' || name from chats;
    update counters set value = ${size.messages} where name = 'messages';
    update counters set value = ${size.chats} where name = 'chats';
    commit`);
}

/** What the search index knows a message by, in SQL over the alias `m`. */
function searchKey(): string {
  return new SQLiteSyncDialect().sqlToQuery(SEARCH_KEY).sql;
}

/** The customer of a chat. */
export function waIdOf(chat: number): string {
  return String(490_000_000_000 + chat * 7);
}

function insertMessages(db: DatabaseSync, { chats, messages }: InboxSize): void {
  const insert = db.prepare(`
    insert into messages (n, id, waba_id, chat, from_us, type, timestamp, ordinal, payload, search_text)
    values (?, ?, ?, ?, ?, 'text', ?, ?, ?, ?)`);
  const heard = new Map<string, number>();
  const longChatEvery = Math.max(1, Math.floor(messages / LONG_CHAT_MESSAGES));
  for (let i = 0; i < messages; i += 1) {
    const isLong = i % longChatEvery === 0 && i / longChatEvery < LONG_CHAT_MESSAGES;
    const chat = isLong ? LONG_CHAT : waIdOf(1 + (i % (chats - 1)));
    const fromUs = i % SENT_EVERY === 1 ? 1 : 0;
    const ordinal = fromUs === 1 ? null : (heard.get(chat) ?? 0) + 1;
    if (ordinal !== null) heard.set(chat, ordinal);
    const wabaId = `wamid.${Buffer.from(uuidOf(i)).toString('base64')}`;
    const timestamp = FIRST_SECOND + i;
    const text = messageText(i, messages);
    const party = fromUs === 1 ? { to: chat } : { from: chat };
    const content = {
      id: wabaId,
      timestamp: String(timestamp),
      type: 'text',
      text: { body: text },
    };
    const payload = JSON.stringify({ ...party, ...content });
    insert.run(i + 1, uuidOf(i), wabaId, chat, fromUs, timestamp, ordinal, payload, text);
  }
}

function insertChats(db: DatabaseSync, { chats }: InboxSize, owner: SeedOwner): void {
  const insert = db.prepare(`
    insert into chats (n, wa_id, name, contact, assigned_user_id, assigned_group_id, blocked_at, reported_at,
      referral_id, last_message, first_message, last_incoming, inbound_count)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`);
  for (let i = 0; i < chats; i += 1) {
    const waId = waIdOf(i);
    const name = `Customer ${messageText(i, Infinity).slice(0, 12)} ${i}`;
    const mine = i % EVERY.mine === 0 ? owner.userId : null;
    const group = i % EVERY.group === 1 ? owner.groupId : null;
    const blocked = i % EVERY.blocked === 2 ? 1 : null;
    const reported = i % EVERY.reported === 3 ? 1 : null;
    const referral = i % EVERY.referred === 4 ? 1 + (i % REFERRALS) : null;
    const contact = JSON.stringify({ profile: { name }, wa_id: waId });
    // Where no message is left of a chat: retention has removed what was there.
    const at = FIRST_SECOND - chats + i;
    insert.run(i + 1, waId, name, contact, mine, group, blocked, reported, referral, at, at, at);
  }
  // Of what is unread there is little, as where people work.
  db.exec(`
    insert into referrals (id, key, source_url, source_id, source_type, headline, body, media_type)
      with recursive k(i) as (select 1 union all select i + 1 from k where i < ${REFERRALS})
      select i, 'r' || i, 'https://fb.me/' || i, 'ad' || i, 'ad', 'h' || (i % 5), 'b' || i, 'image' from k;
    insert into tags (id, name) values (1, 'of many'), (2, 'of a few');
    update chats set inbound_count = s.heard, message_count = s.count, last_message = s.newest,
        first_message = s.oldest, last_incoming = s.heard_at
      from (select chat, count(*) as count, count(ordinal) as heard, max(timestamp) as newest,
        min(timestamp) as oldest, max(iif(from_us = 0, timestamp, null)) as heard_at from messages group by chat) s
      where chats.wa_id = s.chat;
    insert into chat_taggings (tag_id, chat, last_message)
      select 1, wa_id, last_message from chats where n % ${EVERY.tagged} = 0
      union all select 2, wa_id, last_message from chats where ${isOfTheFew};
    insert or ignore into user_groups (user_id, group_id) values (${owner.userId}, ${owner.groupId});
    insert into marks (user_id, chat, ordinal)
      select ${owner.userId}, wa_id, inbound_count from chats where not (${isOfTheFew})`);
}
