import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../auth/user.ts';
import { Database } from '../store/database.ts';
import { type ChatsRequest, listChats, listPersons } from './chats/list-chats.ts';
import { linksAt } from './media/links.ts';
import { listMessages, type MessagesRequest } from './messages/list-messages.ts';
import { SEARCH_KEY } from './messages/search-text.ts';
import { clearInbox, seedUser, stack } from './seed.test-support.ts';

/**
 * What lists read, in an inbox of 150,000 messages in 5,000 chats. Half of the chats ended before the
 * other half began, so that what a filter wants lies as far from the top of a list as it can.
 */
const CHATS = 5_000;
const MESSAGES = 150_000;
const HALF_TIME = MESSAGES / 2;

/** As many messages of each chat, in an inbox a hundredth the size. */
const SMALL = 100;

const PAGE = 20;
const LINKS = linksAt(stack.config, 'https://waypost.test', 0);

const { db } = stack;
const { DB } = env as unknown as { DB: D1Database };

let me: User;
let agent: User;
let rowsRead = 0;
/** The number in the newest message. */
let newest = 0;

/** D1 that adds up what its statements read. */
const counting = {
  prepare(text: string) {
    return {
      bind: (...params: unknown[]) => statementOf(DB.prepare(text).bind(...params)),
    };
  },
  async batch(statements: { real: D1PreparedStatement }[]) {
    const results = await DB.batch(statements.map(({ real }) => real));
    for (const { meta } of results) rowsRead += meta.rows_read;
    return results;
  },
};

function statementOf(real: D1PreparedStatement) {
  const all = async () => {
    const result = await real.all();
    rowsRead += result.meta.rows_read;
    return result;
  };
  return { real, all, run: all, first: async () => (await all()).results[0] ?? null };
}

const counted = new Database(counting as unknown as D1Database);

async function chats(request: Partial<ChatsRequest>, user = me): Promise<number> {
  const part = { limit: PAGE, offset: 0 };
  return (await listChats(counted, user, { search: undefined, part, ...request }, LINKS)).items
    .length;
}

async function messages(request: Partial<MessagesRequest>, user = me): Promise<number> {
  const list = await listMessages(
    counted,
    user,
    {
      waId: undefined,
      sinceTime: undefined,
      beforeTime: undefined,
      fromUs: undefined,
      chatTagId: undefined,
      search: undefined,
      markAsReceived: false,
      part: { limit: PAGE, offset: 0 },
      ...request,
    },
    LINKS,
  );
  return list.items.length;
}

/** Fills the inbox by the database itself: the n-th message is of the second n. */
async function fill(chatCount: number, messageCount: number): Promise<void> {
  newest = messageCount - 1;
  const numbers = (count: number) =>
    sql`with recursive k(i) as (select 0 union all select i + 1 from k where i < ${count - 1})`;
  await db.run(sql`${numbers(chatCount)}
    insert into chats (n, wa_id, name, contact, last_message, first_message, last_incoming, inbound_count, message_count,
      assigned_user_id, assigned_group_id, blocked_at, reported_at, referral_id)
    select i + 1, '49' || (100000 + i), 'Customer ' || i, '{}', 0, 0, 0, 29, 30,
      iif(i % 25 = 0, ${me.id}, null), iif(i % 2 = 0, 1, null), iif(i % 100 = 7, 1, null), iif(i % 500 = 9, 1, null),
      iif(i % 5 < 2, 1 + i % 50, null) from k`);
  await db.run(sql`${numbers(chatCount)} insert into chats_search (rowid, text)
    select n, wa_id || ' ' || name from chats`);
  await db.run(sql`${numbers(50)} insert into referrals (key, source_url, source_id, source_type, headline, body, media_type)
    select i, 'https://fb.me/' || i, 'ad' || i, 'ad', 'h' || (i % 3), 'b' || i, 'image' from k`);
  // Written out: D1 binds numbers as reals, and a key would end in `.0`.
  const [half, halfOfChats] = [sql.raw(String(messageCount / 2)), sql.raw(String(chatCount / 2))];
  await db.run(sql`${numbers(messageCount)}
    insert into messages (n, id, waba_id, chat, from_us, type, timestamp, ordinal, payload, search_text)
    select i + 1, 'm' || i, 'w' || i, '49' || (100000 + i % ${halfOfChats} + iif(i < ${half}, 0, ${halfOfChats})),
      i < ${halfOfChats}, 'text', i, iif(i < ${halfOfChats}, null, 1 + i / ${halfOfChats} % 30), '{}', 'common words ' || i from k`);
  await db.run(
    sql`insert into messages_search (rowid, text) select ${SEARCH_KEY}, search_text from messages m order by 1`,
  );
  await db.run(sql`insert into tags (id, name) values (1, 'many of them'), (2, 'just a few')`);
  await db.run(sql`insert into chat_taggings (tag_id, chat) select 1, wa_id from chats where n % 3 = 0
    union all select 2, wa_id from chats where n % 1000 = 1`);
  await db.run(sql`update chats set last_message = s.newest, first_message = s.oldest, last_incoming = s.newest
    from (select chat, max(timestamp) as newest, min(timestamp) as oldest from messages group by chat) s
    where chats.wa_id = s.chat`);
  // All is read but for a few of the oldest.
  await db.run(sql`insert into marks (user_id, chat, ordinal)
    select ${me.id}, wa_id, inbound_count + 1 from chats where n > 3`);
  await db.run(sql`update counters set value = iif(name = 'chats', ${chatCount}, ${messageCount})
    where name in ('chats', 'messages')`);
}

async function startAnew(): Promise<void> {
  await clearInbox();
  for (const table of ['tags', 'chat_taggings', 'referrals'])
    await db.run(sql.raw(`delete from ${table}`));
  me = await seedUser('me', {}, [1]);
  agent = await seedUser('agent', { canReadChats: 'group' }, [1]);
}

const costs = new Map<string, number>();

beforeAll(async () => {
  await startAnew();
  await fill(CHATS / SMALL, MESSAGES / SMALL);
  for (const [name, list] of GROWING) costs.set(name, (await readBy(list)).rows);
  await startAnew();
  await fill(CHATS, MESSAGES);
}, 120_000);

/** Some reads for each of the items, for what is shown with them. */
const PAGE_ROWS = 750;

/** The same with a count, which stops at a thousand, of what no counter counts. */
const COUNTED_ROWS = PAGE_ROWS + 1_500;

/** The same where a thousand or two are looked at that no index has in the order of the list. */
const LOOKED_AT_ROWS = COUNTED_ROWS + 2_000;

/** Several filters at once: of the one with the fewest so many chats, messages or matches are looked at. */
const COMBINED_ROWS = 10_000;

async function persons(): Promise<number> {
  const part = { limit: PAGE, offset: 0 };
  return (await listPersons(counted, me, { search: undefined, part })).items.length;
}

type Case = [name: string, items: number, list: () => Promise<number>];

const GROWING: [name: string, list: () => Promise<number>][] = [
  ['a page of the chats', () => chats({})],
  ['a page of the persons', persons],
  ['a page of the messages', () => messages({})],
  ['a page of a chat', () => messages({ waId: '49100007' })],
  ['what was sent in a chat', () => messages({ waId: '49100007', fromUs: true })],
  ['a search for one message', () => messages({ search: `words ${newest}` })],
  ['a search for a word of all messages', () => messages({ search: 'common' })],
  ['a search for one customer', () => chats({ search: '49100007' })],
];

/** How many items a list has, and the rows that it reads. */
async function readBy(list: () => Promise<number>): Promise<{ items: number; rows: number }> {
  rowsRead = 0;
  const items = await list();
  return { items, rows: rowsRead };
}

describe('an inbox a hundred times the size costs no more than a tenth more:', () => {
  it.each(GROWING)('%s', async (name, list) => {
    const small = costs.get(name) ?? 0;
    expect(small).toBeGreaterThan(0);
    expect((await readBy(list)).rows).toBeLessThanOrEqual(small * 1.1);
  });
});

describe('no more than a page is read', () => {
  it.each<Case>([
    ['of the chats', 20, () => chats({})],
    ['of the chats, the tenth', 20, () => chats({ part: { limit: PAGE, offset: 200 } })],
    ['of the persons', 20, persons],
    ['of chats with a tag that few have', 5, () => chats({ tagId: 2 })],
    ['of blocked chats', 20, () => chats({ isBlocked: true })],
    ['of reported chats', 10, () => chats({ isReported: true })],
    ['of chats of an ad', 20, () => chats({ referral: { source_id: 'ad0' } })],
    ['of my chats', 20, () => chats({ assignedToMe: true })],
    ['of a search for one customer', 1, () => chats({ search: 'customer 4321' })],
    ['of a search for a tag', 5, () => chats({ search: 'just a few' })],
    ['of the messages', 20, () => messages({})],
    ['of a chat', 20, () => messages({ waId: '49100007' })],
    ['of a chat, far back', 20, () => messages({ waId: '49100007', beforeTime: 60_000 })],
    ['of messages of a tag that few have', 20, () => messages({ chatTagId: 2 })],
    [
      'of messages of a tag that few have, far back',
      12,
      () => messages({ chatTagId: 2, beforeTime: 10_000 }),
    ],
    ['of a search for one message', 1, () => messages({ search: 'words 123456' })],
  ])('%s', async (_, items, list) => {
    const read = await readBy(list);
    expect(read.items).toBe(items);
    expect(read.rows).toBeLessThan(PAGE_ROWS);
  });
});

describe('a page and a count to a thousand are read', () => {
  it.each<Case>([
    ['of the chats of someone with a group', 20, () => chats({}, agent)],
    ['of the chats of my group', 20, () => chats({ assignedGroup: 1 })],
    ['of chats with a tag that many have', 20, () => chats({ tagId: 1 })],
    ['of chats since a time', 20, () => chats({ sinceTime: HALF_TIME })],
    ['of the chats that began early', 20, () => chats({ beforeTime: 100 })],
    ['of the chats that began late', 20, () => chats({ beforeTime: MESSAGES - 100 })],
    ['of chats from ads', 20, () => chats({ referral: {} })],
    ['of chats from a piece of a URL', 20, () => chats({ referral: { source_url: 'fb.me/1' } })],
    ['of a search for a name that all have', 20, () => chats({ search: 'customer' })],
    ['of messages since a time', 20, () => messages({ sinceTime: 5_000 })],
    ['of messages, far back', 20, () => messages({ beforeTime: 5_000 })],
    ['of sent messages, of which there are few, long ago', 20, () => messages({ fromUs: true })],
    [
      'of received messages, behind a long run of sent ones',
      20,
      async () => {
        await db.run(sql`update messages set from_us = 1 where n > ${HALF_TIME}`);
        const items = await messages({ fromUs: false });
        await db.run(sql`update messages set from_us = 0 where n > ${HALF_TIME}`);
        return items;
      },
    ],
    ['of messages of my chats', 20, () => messages({ assignedToMe: true })],
    ['of messages of my group', 20, () => messages({ assignedGroup: 1 })],
    ['of messages of a tag that many have', 20, () => messages({ chatTagId: 1 })],
    ['of a search for a word of all messages', 20, () => messages({ search: 'common' })],
    [
      'of a search for a word of all messages, far back',
      20,
      () => messages({ search: 'common', beforeTime: 5_000 }),
    ],
  ])('%s', async (_, items, list) => {
    const read = await readBy(list);
    expect(read.items).toBe(items);
    expect(read.rows).toBeLessThan(COUNTED_ROWS);
  });
});

describe('a bounded number is looked at', () => {
  it.each<Case>([
    ['for chats that began before half of the others', 20, () => chats({ beforeTime: HALF_TIME })],
    ['for a tag that many have, by name', 20, () => chats({ search: 'many of' })],
    ['for a phrase of two letters', 0, () => chats({ search: 'zz' })],
    ['for two letters in messages', 0, () => messages({ search: 'zz' })],
    ['for messages of someone with a group', 20, () => messages({}, agent)],
  ])('%s', async (_, items, list) => {
    const read = await readBy(list);
    expect(read.items).toBe(items);
    expect(read.rows).toBeLessThan(LOOKED_AT_ROWS);
  });
});

describe('of several filters, a bounded number is looked at', () => {
  it.each<Case>([
    ['for chats in a time', 20, () => chats({ sinceTime: HALF_TIME - 100, beforeTime: HALF_TIME })],
    ['for my chats with a tag', 20, () => chats({ assignedToMe: true, tagId: 1 })],
    [
      'for messages of my chats, far back',
      20,
      () => messages({ assignedToMe: true, beforeTime: HALF_TIME }),
    ],
    [
      'for messages of my group, some pages back',
      20,
      () => messages({ assignedGroup: 1, beforeTime: MESSAGES - 2_000 }),
    ],
    [
      'for messages of my group, far back',
      20,
      () => messages({ assignedGroup: 1, beforeTime: 4_000 }),
    ],
    [
      'for a word of all messages, of a tag',
      20,
      () => messages({ search: 'common', chatTagId: 2 }),
    ],
    [
      'for a word of all messages, of a chat',
      20,
      () => messages({ search: 'common', waId: '49100007' }),
    ],
  ])('%s', async (_, items, list) => {
    const read = await readBy(list);
    expect(read.items).toBe(items);
    expect(read.rows).toBeLessThan(COMBINED_ROWS);
  });
});

describe('what is unread, the oldest chats of all here,', () => {
  it('is looked for in some chats at a time, and then in what came since', async () => {
    const list = () => chats({ isUnread: true });
    for (let looked = 0; looked <= CHATS; looked += 500) {
      expect((await readBy(list)).rows).toBeLessThan(LOOKED_AT_ROWS);
    }
    const read = await readBy(list);
    expect(read.items).toBe(3);
    expect(read.rows).toBeLessThan(PAGE_ROWS);
    const both = await readBy(() => chats({ assignedGroup: 1, tagId: 1, isUnread: true }));
    expect(both.items).toBe(1);
    expect(both.rows).toBeLessThan(COMBINED_ROWS);
  });
});
