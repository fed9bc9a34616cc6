import { env } from 'cloudflare:workers';
import type { SQL } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../auth/user.ts';
import type { ChatFilter } from './chats/chat-filter.ts';
import { countChats, selectChats } from './chats/chat-search.ts';
import { type ChatSelection, selectionOf } from './chats/chat-selection.ts';
import { selectLastMessages } from './chats/present-chats.ts';
import { countMessages, selectMessages } from './messages/message-queries.ts';
import { countFoundMessages, searchMessages } from './messages/message-search.ts';
import { countMessagesOf, selectMessagesOf } from './messages/messages-of-chats.ts';
import { readPhrase } from './messages/phrase.ts';
import { clearInbox, seedChat, seedMessages, seedUser, stack } from './seed.test-support.ts';

const { DB } = env as unknown as { DB: D1Database };
const dialect = new SQLiteSyncDialect();
const CHAT = '49100';
const PART = { limit: 20, offset: 0 };

let admin: User;
let agent: User;

function prepare(query: SQL, prefix = ''): D1PreparedStatement {
  const { sql, params } = dialect.sqlToQuery(query);
  return DB.prepare(prefix + sql).bind(...params);
}

async function planOf(query: SQL): Promise<string[]> {
  const { results } = await prepare(query, 'explain query plan ').all<{ detail: string }>();
  return results.map((step) => step.detail);
}

async function rowsRead(query: SQL): Promise<number> {
  const { meta } = await prepare(query).all();
  return meta.rows_read;
}

/** Steps that read a whole table, or sort. */
function dear(plan: readonly string[]): string[] {
  return plan.filter(
    (step) => /^SCAN (m|c|messages|chats)$/.test(step) || /TEMP B-TREE/.test(step),
  );
}

function search(text: string): Parameters<typeof searchMessages>[0] {
  const phrase = readPhrase(text);
  if (phrase === undefined) throw new Error('no phrase');
  return { phrase, filter: {}, part: PART };
}

async function chats(filter: Partial<ChatFilter> = {}): Promise<ChatSelection> {
  return selectionOf(stack.db, { user: admin, isBegun: true, ...filter });
}

/** The queries of a list of the messages of some chats and of its count. */
async function messagesOf(filter: Partial<ChatFilter>): Promise<[SQL, SQL]> {
  const selection = await chats(filter);
  return [selectMessagesOf(selection, {}, PART), countMessagesOf(selection, {})];
}

function traffic(
  count: number,
  start: number,
  chatCount: number,
): Parameters<typeof seedMessages>[0] {
  return Array.from({ length: count }, (_, index) => ({
    chat: `49${100 + (index % chatCount)}`,
    timestamp: 1_000 + start + index,
    text: `common words ${index}`,
    fromUs: index % 2 === 0,
  }));
}

beforeAll(async () => {
  await clearInbox();
  admin = await seedUser('admin', { role: 'admin' });
  agent = await seedUser('agent', { canReadChats: 'group' }, [1]);
});

describe('without sorting and without reading a table through', () => {
  it.each<[string, string, () => SQL | Promise<SQL>]>([
    ['the inbox', 'messages_by_side', () => selectMessages({}, PART)],
    ['the inbox before a time', 'messages_by_side', () => selectMessages({ beforeTime: 9 }, PART)],
    ['the inbox since a time', 'messages_by_side', () => countMessages({ sinceTime: 9 })],
    ['received messages', 'messages_by_side', () => selectMessages({ fromUs: false }, PART)],
    ['a chat', 'messages_by_chat', () => selectMessages({ chat: CHAT }, PART)],
    [
      'a chat before a time',
      'messages_by_chat',
      () => selectMessages({ chat: CHAT, beforeTime: 9 }, PART),
    ],
    [
      "a chat's count in a time",
      'messages_by_chat',
      () => countMessages({ chat: CHAT, sinceTime: 1, beforeTime: 9 }),
    ],
    ['the last messages of chats', 'messages_by_chat', () => selectLastMessages([CHAT])],
    ['the chats', 'chats_by_last_message', async () => selectChats(await chats(), PART)],
    [
      'the persons',
      'chats_by_last_message',
      async () => selectChats(await chats({ isBegun: false }), PART),
    ],
  ])('%s by %s', async (_, index, query) => {
    const plan = await planOf(await query());
    expect(plan.join('\n')).toContain(index);
    expect(dear(plan)).toEqual([]);
  });
});

describe('for someone who may not read everything', () => {
  it('chats come by chats_by_assigned_user and chats_by_assigned_group', async () => {
    const own = await chats({ user: agent });
    for (const query of [selectChats(own, PART), countChats(own)]) {
      const plan = (await planOf(query)).join('\n');
      expect(plan).toContain('chats_by_assigned_user');
      expect(plan).toContain('chats_by_assigned_group');
      expect(plan).not.toContain('SCAN c');
    }
  });

  it('messages come by the chats, not through the inbox', async () => {
    for (const query of await messagesOf({ user: agent })) {
      const plan = (await planOf(query)).join('\n');
      expect(plan).toContain('chats_by_assigned_group');
      expect(plan).toContain('messages_by_chat');
      expect(plan).not.toMatch(/SCAN c$/m);
    }
  });
});

describe('what is assigned', () => {
  it.each([
    ['chats_by_assigned_user', { userId: 1 }],
    ['chats_by_assigned_group', { groupId: 1 }],
  ])('comes by %s, not through the inbox', async (index, assigned) => {
    const query = await chats({ assigned });
    const queries = [selectChats(query, PART), countChats(query)];
    for (const one of [...queries, ...(await messagesOf({ assigned }))]) {
      const plan = (await planOf(one)).join('\n');
      expect(plan).toContain(index);
      expect(plan).not.toMatch(/SCAN (m|c)$|chats_by_last_message/m);
    }
  });
});

describe('a search', () => {
  it.each(['long phrase', 'ab'])('goes from what it finds to the messages: %s', async (text) => {
    for (const query of [searchMessages(search(text)), countFoundMessages(search(text))]) {
      const plan = await planOf(query);
      expect(plan).toContain('SEARCH m USING INTEGER PRIMARY KEY (rowid=?)');
      expect(plan.filter((step) => /^SCAN (m|c)$/.test(step))).toEqual([]);
    }
  });
});

describe('the rows read', () => {
  const queries: [string, () => SQL | Promise<SQL>][] = [
    ['by a page of the inbox', () => selectMessages({}, PART)],
    ['by a page of a chat', () => selectMessages({ chat: CHAT }, PART)],
    ['by a page of the chats', async () => selectChats(await chats(), PART)],
    ['by the count of the chats', async () => countChats(await chats())],
    ['by the last messages of chats', () => selectLastMessages([CHAT, '49101', '49102'])],
    ['by an agent with few chats', async () => (await messagesOf({ user: agent }))[0]],
    [
      'by a page of an agent with few chats',
      async () => selectChats(await chats({ user: agent }), PART),
    ],
    [
      'by a page of the chats of a group',
      async () => selectChats(await chats({ assigned: { groupId: 1 } }), PART),
    ],
    [
      'by a page of the messages of a group',
      async () => (await messagesOf({ assigned: { groupId: 1 } }))[0],
    ],
    ['by a search for a rare phrase', () => searchMessages(search('needle'))],
    ['by the count of a rare phrase', () => countFoundMessages(search('needle'))],
    ['by a search for a phrase of every message', () => searchMessages(search('common'))],
    ['by the count of a phrase of every message', () => countFoundMessages(search('common'))],
  ];
  const before = new Map<string, number>();

  beforeAll(async () => {
    await seedChat(CHAT, { name: 'Ada Smith', assignedGroupId: 1 });
    await seedMessages([...traffic(1_500, 0, 25), { chat: CHAT, timestamp: 1, text: 'a needle' }]);
    for (const [name, query] of queries) before.set(name, await rowsRead(await query()));
    await seedMessages(traffic(13_500, 1_500, 1_000).filter(({ chat }) => chat !== CHAT));
  });

  it.each(queries)('%s are the same in an inbox ten times the size', async (name, query) => {
    const small = before.get(name) ?? 0;
    expect(small).toBeGreaterThan(0);
    expect(await rowsRead(await query())).toBeLessThanOrEqual(small * 1.1);
  });
});
