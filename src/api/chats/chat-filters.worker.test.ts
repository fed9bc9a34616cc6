import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import {
  clearInbox,
  seedChat,
  seedMessages,
  seedUser,
  stack,
} from '../../inbox/seed.test-support.ts';
import { ask, askList } from '../reading.test-support.ts';

const { db } = stack;

const [A, B, C, D] = ['48111', '48222', '48333', '48444'] as const;
const GROUP = 1;

let me: User;
let limited: User;

/** A tag on chats; returns its id. */
async function tag(name: string, chats: readonly string[]): Promise<number> {
  const row = await db.first<{ id: number }>(
    sql`insert into tags (name) values (${name}) returning id`,
  );
  const id = row?.id ?? 0;
  for (const chat of chats) {
    await db.run(sql`insert into chat_taggings (tag_id, chat, last_message)
      select ${id}, wa_id, last_message from chats where wa_id = ${chat}`);
  }
  return id;
}

let vip: number;
let gone: number;

beforeAll(async () => {
  await clearInbox();
  for (const table of ['tags', 'chat_taggings', 'message_taggings', 'referrals']) {
    await db.run(sql.raw(`delete from ${table}`));
  }
  me = await seedUser('me', {}, [GROUP]);
  limited = await seedUser('limited', { canReadChats: 'group' }, [GROUP]);
  await seedChat(A, { name: 'Ada', assignedUserId: me.id });
  await seedChat(B, { name: 'Bob', assignedGroupId: GROUP });
  await seedChat(C, { name: 'Cara', assignedUserId: me.id, assignedGroupId: GROUP });
  await seedMessages([
    { chat: A, timestamp: 100, text: 'one' },
    { chat: B, timestamp: 110, text: 'two', id: 'b-1' },
    { chat: B, timestamp: 210, text: 'three', fromUs: true },
    { chat: C, timestamp: 300, text: 'four' },
    { chat: D, timestamp: 150, text: 'five' },
    { chat: D, timestamp: 400, text: 'six' },
  ]);
  vip = await tag('VIP customers', [A, D]);
  gone = await tag('Gone', [A, B, C, D]);
  await db.run(sql`update tags set state = 'deleting' where id = ${gone}`);
  const urgent = await tag('urgent', []);
  await db.run(
    sql`insert into message_taggings (tag_id, message, timestamp) values (${urgent}, 'b-1', 110)`,
  );
  await db.run(sql`insert into referrals (id, key, source_url, source_id, source_type, headline, body, media_type) values
    (1, '1', 'https://fb.me/Summer', 'ad1', 'ad', 'Hi', 'Buy', 'image'),
    (2, '2', 'https://fb.me/winter', 'ad2', 'ad', 'Hi', null, null),
    (3, '3', 'https://ig.me/p', 'post1', 'post', null, null, 'video'),
    (4, '4', null, null, null, null, null, null)`);
  for (const [chat, referral] of [
    [A, 1],
    [B, 2],
    [C, 3],
  ] as const) {
    await db.run(sql`update chats set referral_id = ${referral} where wa_id = ${chat}`);
  }
  await db.run(sql`update chats set blocked_at = 1 where wa_id in (${A}, ${C})`);
  await db.run(sql`update chats set reported_at = 1 where wa_id = ${C}`);
  // Of D's two messages one is received, of C's all are.
  await db.run(
    sql`insert into marks (user_id, chat, ordinal) values (${me.id}, ${D}, 1), (${me.id}, ${C}, 1)`,
  );
});

async function chatsOf(query: string, user = me): Promise<string[]> {
  const list = await askList<{ wa_id: string }>(user, `/chats/?${query}`);
  expect(list.count).toBe(list.results.length);
  return list.results.map((chat) => chat.wa_id);
}

async function messagesOf(query: string, user = me): Promise<string[]> {
  const list = await askList<{ customer_wa_id: string }>(user, `/messages/?${query}`);
  expect(list.count).toBe(list.results.length);
  return list.results.map((message) => message.customer_wa_id);
}

describe('the list of chats, newest first, with', () => {
  it.each([
    ['blocked=true', [C, A]],
    ['reported=1', [C]],
    ['blocked=true&reported=true', [C]],
    ['unread=true', [D, B, A]],
    // As the service's own inbox has them in its address.
    ['cf_unread=true', [D, B, A]],
    ['cf_unread=true&cf_blocked=true', [A]],
    ['cf_unread=true&blocked=true', [A]],
    ['cf_unread=false&unread=true', [D, B, A]],
    ['cf_unread=true&unread=', [D, B, A]],
    ['cf_message_referral_source_type=ad&cf_message_referral_body=Buy', [A]],
    ['cf_nothing=1', [D, C, B, A]],
    ['unread=true&blocked=true', [A]],
    ['messages_since_time=210', [D, C, B]],
    ['messages_since_time=401', []],
    ['messages_before_time=110', [A]],
    ['messages_before_time=151', [D, B, A]],
    ['messages_before_time=1000', [D, C, B, A]],
    ['messages_since_time=111&messages_before_time=211', [D, B]],
    ['messages_since_time=160&messages_before_time=200', []],
    ['message_has_referral=true', [C, B, A]],
    ['message_referral_source_url=fb.me', [B, A]],
    ['message_referral_source_url=SUMMER', [A]],
    ['message_referral_source_id=ad1', [A]],
    ['message_referral_source_id=ad', []],
    ['message_referral_source_type=ad', [B, A]],
    ['message_referral_headline=Hi', [B, A]],
    ['message_referral_body=Buy', [A]],
    ['message_referral_media_type=video', [C]],
    ['message_referral_source_type=ad&message_referral_body=Buy', [A]],
    ['message_referral_source_type=ad&assigned_to_me=true', [A]],
    ['message_has_referral=true&messages_since_time=210&limit=2', [C, B]],
    ["message_referral_headline=' or 1=1 --", []],
    ['chat_tag_id=9999', []],
    ['blocked=false&reported=0&unread=false&message_has_referral=no', [D, C, B, A]],
    ['blocked=&chat_tag_id=&unread=&messages_before_time=&message_referral_body=', [D, C, B, A]],
  ])('%s has %j', async (query, expected) => {
    expect(await chatsOf(query)).toEqual(expected);
  });

  it('a tag has those that are tagged, none of a tag that is deleted', async () => {
    expect(await chatsOf(`chat_tag_id=${vip}`)).toEqual([D, A]);
    expect(await chatsOf(`chat_tag_id=${vip}&assigned_to_me=true`)).toEqual([A]);
    expect(await chatsOf(`chat_tag_id=${gone}`)).toEqual([]);
  });

  it('a search has those with such a tag too', async () => {
    expect(await chatsOf('search=vip')).toEqual([D, A]);
    expect(await chatsOf('search=VI')).toEqual([D, A]);
    expect(await chatsOf('search=vip&unread=true&messages_since_time=200')).toEqual([D]);
    expect(await chatsOf('search=gone')).toEqual([]);
  });

  it('any of these none that the user may not read', async () => {
    expect(await chatsOf('blocked=true', limited)).toEqual([C]);
    expect(await chatsOf(`chat_tag_id=${vip}`, limited)).toEqual([]);
    expect(await chatsOf('search=vip', limited)).toEqual([]);
    expect(await chatsOf('unread=1', limited)).toEqual([C, B]);
    expect(await chatsOf('message_referral_source_type=ad', limited)).toEqual([B]);
    expect(await chatsOf('messages_before_time=1000', limited)).toEqual([C, B]);
    const nobody = await seedUser('nobody', { canReadChats: 'none' });
    for (const query of ['', 'unread=1', 'blocked=1', `chat_tag_id=${vip}`, 'search=vip']) {
      expect(await chatsOf(query, nobody)).toEqual([]);
      expect(await messagesOf(query, nobody)).toEqual([]);
    }
  });

  it('goes on from page to page', async () => {
    const pages: string[] = [];
    let path: string | null = '/chats/?message_has_referral=true&limit=1';
    while (path !== null) {
      const list: Awaited<ReturnType<typeof askList<{ wa_id: string }>>> = await askList(me, path);
      pages.push(...list.results.map((chat) => chat.wa_id));
      path = list.next;
    }
    expect(pages).toEqual([C, B, A]);
  });

  it.each([
    ['chat_tag_id=vip', { chat_tag_id: ['A valid integer is required.'] }],
    ['blocked=perhaps', { blocked: ['Must be a valid boolean.'] }],
    ['unread=2', { unread: ['Must be a valid boolean.'] }],
    ['cf_unread=2', { unread: ['Must be a valid boolean.'] }],
    ['messages_since_time=now', { messages_since_time: ['A valid integer is required.'] }],
    ['messages_before_time=1.5', { messages_before_time: ['A valid integer is required.'] }],
    [
      'message_referral_body=a%00b',
      { message_referral_body: ['Null characters are not allowed.'] },
    ],
  ])('%s is refused by field', async (query, problems) => {
    expect(await ask(me, `/chats/?${query}`)).toEqual({
      status: 400,
      body: { ...problems, reason: expect.any(String) },
    });
  });
});

describe('the messages with', () => {
  it.each([
    ['', [D, D, A]],
    ['&limit=10&from_us=false', [D, D, A]],
    ['&from_us=true', []],
    ['&before_time=400', [D, A]],
    ['&since_time=150', [D, D]],
    ['&since_time=120&before_time=400', [D]],
    ['&assigned_to_me=1', [A]],
    [`&wa_id=${A}`, [A]],
    [`&wa_id=${B}`, []],
    ['&search=one', [A]],
    ['&search=two', []],
    ['&search=on', [A]],
  ])("a chat's tag and %s are of the chats %j", async (query, expected) => {
    expect(await messagesOf(`chat_tag_id=${vip}${query}`)).toEqual(expected);
  });

  it('a group of mine go on where a chat has messages before and after', async () => {
    expect(await messagesOf(`assigned_group=${GROUP}`)).toEqual([C, B, B]);
    expect(await messagesOf(`assigned_group=${GROUP}&before_time=211`)).toEqual([B, B]);
    expect(await messagesOf(`assigned_group=${GROUP}&before_time=200`)).toEqual([B]);
    expect(await messagesOf(`assigned_group=${GROUP}&from_us=1`)).toEqual([B]);
  });

  it('a search are found by their tags, too', async () => {
    expect(await messagesOf('search=urgent')).toEqual([B]);
    expect(await messagesOf('search=rg')).toEqual([B]);
    expect(await messagesOf(`search=urgent&wa_id=${A}`)).toEqual([]);
    expect(await messagesOf('search=urgent', limited)).toEqual([B]);
    const other = await seedUser('other', { canReadChats: 'user' });
    expect(await messagesOf('search=urgent', other)).toEqual([]);
  });

  it('a tag that is none are refused by field', async () => {
    expect(await ask(me, '/messages/?chat_tag_id=vip')).toEqual({
      status: 400,
      body: {
        chat_tag_id: ['A valid integer is required.'],
        reason: 'chat_tag_id: A valid integer is required.',
      },
    });
  });
});
