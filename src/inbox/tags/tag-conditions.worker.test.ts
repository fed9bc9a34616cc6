import { env } from 'cloudflare:workers';
import { sql, type SQL } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import { readPhrase, type Phrase } from '../messages/phrase.ts';
import { clearInbox, seedMessages, seedUser, stack } from '../seed.test-support.ts';
import { historySource } from './list-tagging-events.ts';
import {
  hasTagNamed,
  isTagged,
  messagesWithTagNamed,
  newestWithTags,
  TAGGED_NEWEST_FIRST,
  taggedChats,
  tagsNamed,
} from './tag-conditions.ts';
import { selectChatTags, selectMessageTags } from './tags-on.ts';

const { DB } = env as unknown as { DB: D1Database };
const { db } = stack;
const dialect = new SQLiteSyncDialect();
const VIP = 1;
const GONE = 2;
let agent: User;

function prepare(query: SQL, prefix = ''): D1PreparedStatement {
  const { sql: text, params } = dialect.sqlToQuery(query);
  return DB.prepare(prefix + text).bind(...params);
}

async function planOf(query: SQL): Promise<string> {
  const { results } = await prepare(query, 'explain query plan ').all<{ detail: string }>();
  return results.map((step) => step.detail).join('\n');
}

function phrase(text: string): Phrase {
  const read = readPhrase(text);
  if (read === undefined) throw new Error('no phrase');
  return read;
}

let tagged = 0;

/** Tags as many chats more, so that a page of a tag's chats is a small part of them. */
async function tagMany(count: number): Promise<void> {
  await seedMessages(
    Array.from({ length: count }, () => {
      tagged += 1;
      return { chat: `77${1_000 + tagged}`, timestamp: 1_000 + tagged, id: `m${tagged}` };
    }),
  );
  await db.batch([
    sql`insert or ignore into chat_taggings (tag_id, chat, last_message)
        select ${VIP}, wa_id, last_message from chats where wa_id like '77%'`,
    sql`insert or ignore into message_taggings (tag_id, message, timestamp)
        select ${VIP}, id, timestamp from messages where chat like '77%'`,
  ]);
}

beforeAll(async () => {
  await clearInbox();
  agent = await seedUser('agent', { canReadChats: 'user' });
  await seedMessages(
    ['48001', '48002', '48003'].map((chat, index) => ({
      chat,
      timestamp: 10 + index,
      id: `of-${chat}`,
    })),
  );
  await db.batch([
    sql`insert into tags (id, name, state) values (${VIP}, 'Sehr Wichtig', 'live'), (${GONE}, 'wichtig', 'deleting')`,
    sql`insert into chat_taggings (tag_id, chat, last_message) values
        (${VIP}, '48001', 10), (${VIP}, '48003', 12), (${GONE}, '48002', 11)`,
    sql`insert into message_taggings (tag_id, message, timestamp) values
        (${VIP}, 'of-48001', 10), (${GONE}, 'of-48002', 11)`,
  ]);
});

/** The tags whose names hold a phrase. */
async function idsOf(wanted: Phrase): Promise<number[]> {
  return (await db.all<{ id: number }>(tagsNamed(wanted))).map(({ id }) => id);
}

describe('the chats of a tag', () => {
  const list = (tag: number): SQL =>
    sql`select c.wa_id from ${taggedChats(tag)} ${TAGGED_NEWEST_FIRST} limit 20`;

  it('are those that are tagged, the newest first; none of a deleted tag', async () => {
    expect(await db.all(list(VIP))).toEqual([{ wa_id: '48003' }, { wa_id: '48001' }]);
    expect(await db.all(list(GONE))).toEqual([]);
    const where = (tag: number): SQL => sql`select c.wa_id from chats c where ${isTagged(tag)}`;
    expect(await db.all(where(VIP))).toEqual([{ wa_id: '48001' }, { wa_id: '48003' }]);
    expect(await db.all(where(GONE))).toEqual([]);
  });

  it('come by their index, however many there are', async () => {
    const plan = await planOf(list(VIP));
    expect(plan).toContain('chat_taggings_by_tag');
    expect(plan).not.toMatch(/TEMP B-TREE|SCAN (g|c)$/m);
    await tagMany(200);
    const { meta } = await prepare(list(VIP)).all();
    await tagMany(400);
    const { meta: later } = await prepare(list(VIP)).all();
    expect(later.rows_read).toBe(meta.rows_read);
    expect(meta.rows_read).toBeLessThan(60);
  });
});

describe('a search for the name of a tag', () => {
  it('finds chats and messages that carry it, and nothing of a deleted tag', async () => {
    const wanted = phrase('wichtig');
    const chats = await db.all<{ n: number }>(sql`
      select c.wa_id from ${newestWithTags(await idsOf(wanted), sql`1000`)} where c.wa_id like '48%'`);
    expect(chats).toEqual([{ wa_id: '48001' }, { wa_id: '48003' }]);
    const messages = await db.all(sql`
      select m.id from messages m where m.n in (${messagesWithTagNamed(wanted, sql`1000`)}) and m.id like 'of%'`);
    expect(messages).toEqual([{ id: 'of-48001' }]);
    expect(
      await db.all(
        sql`select m.id from messages m where m.id like 'of%' and ${hasTagNamed(wanted)}`,
      ),
    ).toEqual([{ id: 'of-48001' }]);
    expect(await idsOf(phrase('nothing'))).toEqual([]);
  });

  it('takes the newest of each tag, by their indexes', async () => {
    await tagMany(300);
    for (const query of [
      sql`select c.n from ${newestWithTags(await idsOf(phrase('wichtig')), sql`10`)}`,
      messagesWithTagNamed(phrase('wichtig'), sql`10`),
    ]) {
      expect(await planOf(query)).not.toMatch(/TEMP B-TREE|SCAN (g|c|m)$/m);
      const { meta, results } = await prepare(query).all();
      expect(results).toHaveLength(10);
      expect(meta.rows_read).toBeLessThan(60);
    }
  });
});

describe('without reading a table through', () => {
  it.each<[string, string, () => SQL]>([
    ['the tags of chats', 'chat_taggings_by_chat', () => selectChatTags(sql`select '48001'`)],
    [
      'the tags of messages',
      'message_taggings_by_message',
      () => selectMessageTags(sql`select 'x'`),
    ],
    [
      'what was done to a chat',
      'tagging_events_of_chat ',
      () => historySource(agent, 'chats', { chat: '1' }, {}),
    ],
    [
      "what was done to a chat's messages",
      'tagging_events_of_chat_messages',
      () => historySource(agent, 'messages', { chat: '1' }, {}),
    ],
    [
      'what was done to a message',
      'tagging_events_of_message ',
      () => historySource(agent, 'messages', { chat: '1', message: 'x' }, {}),
    ],
    [
      'what was done to all',
      'tagging_events_of_chats',
      () => historySource({ ...agent, canReadChats: 'all' }, 'chats', undefined, { sinceTime: 5 }),
    ],
    [
      'what was done to the chats of someone',
      'chats_by_assigned_user',
      () => historySource(agent, 'chats', undefined, { beforeTime: 5 }),
    ],
  ])('%s by %s', async (name, index, query) => {
    const isHistory = name.startsWith('what');
    const plan = await planOf(
      isHistory ? sql`select e.* ${query()} order by e.timestamp desc, e.id desc` : query(),
    );
    expect(`${plan} `).toContain(index);
    expect(plan).not.toMatch(/SCAN (g|t|c|m|tags)$/m);
    const mayBeSorted = !isHistory || index === 'chats_by_assigned_user';
    expect(plan.includes('TEMP B-TREE') && !mayBeSorted).toBe(false);
  });
});
