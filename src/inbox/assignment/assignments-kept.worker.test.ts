import { env } from 'cloudflare:workers';
import { sql, type SQL } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { changedNumber, messages, post, text } from '../../ingest/post-body.test-support.ts';
import { eraseCustomer } from '../../upkeep/erasing/erase-customer.ts';
import { moveChats } from '../chats/move-chats.ts';
import { countRows } from '../long-list.ts';
import { linksAt } from '../media/links.ts';
import { clearInbox, seedChat, seedUser, stack } from '../seed.test-support.ts';
import { assignChat } from './assign-chat.ts';
import { listAssignmentEvents, selectActs, sourceOf } from './list-assignment-events.ts';

const { db } = stack;
const { DB } = env as unknown as { DB: D1Database };
const ADA = '48123';
const BEN = '48555';
const BASE = 'https://inbox.example';
const ALL = {
  waId: undefined,
  sinceTime: undefined,
  beforeTime: undefined,
  part: { limit: 20, offset: 0 },
};

beforeEach(async () => {
  await clearInbox();
  for (const table of 'events assignment_events statuses erasures'.split(' '))
    await db.run(sql.raw(`delete from ${table}`));
});

function assign(
  actor: Parameters<typeof assignChat>[1],
  key: string,
  wish: { userId?: number; groupId?: number },
): ReturnType<typeof assignChat> {
  const request = { waId: undefined, userId: wish.userId, groupId: wish.groupId };
  return assignChat(stack, actor, key, request, {
    now: 5_000,
    ...linksAt(stack.config, BASE, 5_000),
  });
}

describe('a customer with a new number', () => {
  it('keeps who the chat was given to and when, and whether it is resolved', async () => {
    const admin = await seedUser('admin', { role: 'admin' });
    await seedChat(ADA);
    await assign(admin, ADA, { groupId: 1 });
    await db.run(sql`update chats set resolved = 1`);
    await post(messages([changedNumber('wamid.1', ADA, BEN)]));
    const { items } = await listAssignmentEvents(db, admin, { ...ALL, waId: BEN }, BASE);
    expect(items).toMatchObject([{ wa_id: BEN, timestamp: 5, assigned_group_set: { id: 1 } }]);
    expect(await db.all(sql`select wa_id, assigned_group_id from chats`)).toEqual([
      { wa_id: BEN, assigned_group_id: 1 },
    ]);
  });

  it.each([
    [1, 1, 1],
    [1, 0, 0],
    [0, 1, 0],
  ])('has a resolved chat only where both were (%i and %i)', async (one, other, both) => {
    for (const key of [ADA, BEN]) await seedChat(key);
    await db.run(sql`update chats set resolved = iif(wa_id = ${ADA}, ${one}, ${other})`);
    await db.batch(moveChats([{ from: BEN, to: ADA, isAlias: false }]));
    const chats = await db.all<{ resolved: number }>(sql`select resolved from chats`);
    expect(chats).toEqual([{ resolved: both }]);
  });
});

describe('a customer who is erased', () => {
  it('takes along who their chat was given to', async () => {
    const admin = await seedUser('admin', { role: 'admin' });
    await post(messages([text('wamid.1', { from: ADA }), text('wamid.2', { from: BEN })]));
    for (const key of [ADA, BEN]) await assign(admin, key, { userId: admin.id });
    await eraseCustomer(stack, admin, ADA, { now: Date.now(), budgetMs: 5_000 });
    expect(await db.all(sql`select chat from assignment_events`)).toEqual([{ chat: BEN }]);
    const rows = await db.all<{ extended: string | null; chats: string }>(
      sql`select extended, chats from events where kind in ('assignment', 'assigned') order by seq`,
    );
    expect(rows.map(({ extended }) => extended !== null)).toEqual([false, false, true, true]);
    expect(JSON.stringify(rows)).not.toContain(ADA);
  });
});

describe('the history of assignments', () => {
  async function planOf(query: SQL): Promise<string> {
    const { sql: statement, params } = new SQLiteSyncDialect().sqlToQuery(query);
    const prepared = DB.prepare(`explain query plan ${statement}`).bind(...params);
    const { results } = await prepared.all<{ detail: string }>();
    return results.map(({ detail }) => detail).join('\n');
  }

  it('is read by its indexes, without sorting', async () => {
    const admin = await seedUser('admin', { role: 'admin' });
    for (const [chat, index] of [
      [ADA, 'assignment_events_by_chat'],
      [undefined, 'assignment_events_by_time'],
    ] as const) {
      const source = sourceOf(admin, { sinceTime: 1, beforeTime: 9 }, chat);
      const plan = await planOf(selectActs(source, ALL.part));
      expect(plan).toContain(index);
      expect(plan).not.toContain('TEMP B-TREE');
      expect(await planOf(countRows(source))).toContain(index);
    }
  });

  it('is looked through from its newest end for who may not read all', async () => {
    const agent = await seedUser('agent', { canReadChats: 'group' }, [1]);
    const source = sourceOf(agent, { sinceTime: undefined, beforeTime: undefined }, undefined);
    const plan = await planOf(selectActs(source, ALL.part));
    expect(plan).toContain('SCAN a USING INDEX assignment_events_by_time');
    expect(plan).toContain('SEARCH c USING INDEX chats_wa_id_unique');
  });
});
