import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import {
  FIRST_AT,
  prepareReplays,
  seedDelivery,
  seedEvent,
  seedEvents,
  seedWebhook,
  stack,
} from './replays.test-support.ts';
import type { ReplayFilter } from './replay-filter.ts';
import { rangeOf } from './replay-range.ts';
import { countWanted, selectWanted, WINDOW } from './wanted-events.ts';

const { db } = stack;
const SECOND = FIRST_AT / 1000;
let ann: User;

beforeEach(async () => {
  ann = await prepareReplays();
});

async function wanted(webhookId: number, filter: ReplayFilter): Promise<number[]> {
  const range = await rangeOf(db, 0, filter);
  const rows = await db.all<{ seq: number }>(selectWanted({ webhookId, filter }, range, 1_000));
  const seqs = rows.map(({ seq }) => seq);
  expect(await countWanted(db, { webhookId, filter }, range)).toBe(seqs.length);
  return seqs;
}

describe('the past events that a filter picks', () => {
  it('are by default all that the webhook gets and that are not due already', async () => {
    const id = await seedWebhook(ann, { on_cloud_api: 1, since_seq: 1 });
    for (let index = 0; index < 5; index += 1) await seedEvent();
    await seedEvent({ kind: 'outgoing' });
    await seedDelivery(id, 3, 'due');
    await seedDelivery(id, 4, 'delivered');
    expect(await wanted(id, {})).toEqual([2, 4, 5]);
  });

  it.each<[string, ReplayFilter, number[]]>([
    ['from a second on', { after: SECOND + 7 }, [8, 9, 10]],
    ['before a second', { before: SECOND + 2 }, [1, 2]],
    ['between two seconds', { after: SECOND + 4, before: SECOND + 6 }, [5, 6]],
    ['in a time without any', { after: SECOND + 100 }, []],
    ['after a sequence number', { after_sequence: 8 }, [9, 10]],
    ['up to a sequence number', { until_sequence: 2 }, [1, 2]],
    ['between two numbers', { after_sequence: 2, until_sequence: 4 }, [3, 4]],
    ['beyond the newest', { after_sequence: 99 }, []],
  ])('may be those %s', async (_what, filter, expected) => {
    const id = await seedWebhook(ann);
    await seedEvents(10);
    expect(await wanted(id, filter)).toEqual(expected);
  });

  it('are found by time although some are dated out of order', async () => {
    const id = await seedWebhook(ann);
    for (const offset of [0, 30, 10, 50, 40, 90, 70])
      await seedEvent({ created_at: FIRST_AT + offset * 1000 });
    expect(await wanted(id, { after: SECOND + 40 })).toEqual([4, 5, 6, 7]);
    expect(await wanted(id, { after: SECOND + 10, before: SECOND + 50 })).toEqual([2, 3, 5]);
  });

  it.each<[ReplayFilter['states'], number[]]>([
    [['delivered'], [1, 2]],
    [['dead'], [3]],
    [['dropped'], [4]],
    [['none'], [6, 7]],
    [
      ['dead', 'none'],
      [3, 6, 7],
    ],
  ])('may be those that are %s', async (states, expected) => {
    const id = await seedWebhook(ann);
    await seedEvent({ receiptOf: id });
    for (let index = 0; index < 5; index += 1) await seedEvent();
    // Somebody else has it; this webhook does not.
    await seedEvent({ receiptOf: id + 1 });
    await seedDelivery(id, 2, 'delivered');
    await seedDelivery(id, 3, 'dead');
    await seedDelivery(id, 4, 'dropped');
    await seedDelivery(id, 5, 'due');
    expect(await wanted(id, { states })).toEqual(expected);
  });

  it('by their last state: what was delivered once and is dead since is dead', async () => {
    const id = await seedWebhook(ann);
    await seedEvent({ receiptOf: id });
    await seedDelivery(id, 1, 'dead');
    expect(await wanted(id, { states: ['delivered'] })).toEqual([]);
    expect(await wanted(id, { states: ['dead'] })).toEqual([1]);
  });

  it('are of no state where the log of them was pruned, but for what was missed', async () => {
    const id = await seedWebhook(ann);
    await seedEvents(4);
    await seedDelivery(id, 2, 'dead');
    await db.run(sql`insert into counters (name, value) values ('log_pruned_seq', 3)
      on conflict (name) do update set value = excluded.value`);
    expect(await wanted(id, { states: ['none'] })).toEqual([4]);
    expect(await wanted(id, { states: ['dead'] })).toEqual([2]);
    expect(await wanted(id, { states: ['none'], missed: true })).toEqual([1, 3, 4]);
    expect(await wanted(id, {})).toEqual([1, 2, 3, 4]);
  });

  it('may be of some kinds, or about some chats', async () => {
    const id = await seedWebhook(ann, { on_cloud_api: 1, on_outgoing_message: 1 });
    await seedEvent({ about: ['491', '492'] });
    await seedEvent({ kind: 'outgoing', about: ['492'] });
    await seedEvent({ about: [] });
    expect(await wanted(id, { kinds: ['outgoing'] })).toEqual([2]);
    expect(await wanted(id, { chats: ['492', '493'] })).toEqual([1, 2]);
    expect(await wanted(id, { kinds: ['waba'], chats: ['492'] })).toEqual([1]);
    expect(await wanted(id, { chats: ['493'] })).toEqual([]);
  });
});

describe('many events', () => {
  const COUNT = 2 * WINDOW + 5_000;

  it('are counted window by window', { timeout: 60_000 }, async () => {
    const id = await seedWebhook(ann);
    await seedEvents(COUNT);
    const wish = { webhookId: id, filter: {} };
    expect(await countWanted(db, wish, await rangeOf(db, 0, {}))).toBe(COUNT);
    const late = { after: SECOND + COUNT - 10 };
    const range = await rangeOf(db, 0, late);
    // Only the last minutes are looked at, not what was before them.
    expect(range.until - range.after).toBeLessThan(100);
    expect(await countWanted(db, { ...wish, filter: late }, range)).toBe(10);
  });

  it('are looked at by their numbers, and their deliveries by key', async () => {
    const { DB } = env as unknown as { DB: D1Database };
    const filter: ReplayFilter = { states: ['none'], chats: ['491'] };
    const query = selectWanted({ webhookId: 1, filter }, { after: 5, until: 500 }, 25);
    const { sql: text, params } = new SQLiteSyncDialect().sqlToQuery(query);
    const { results } = await DB.prepare(`explain query plan ${text}`)
      .bind(...params)
      .all<{ detail: string }>();
    const plan = results.map(({ detail }) => detail);
    expect(plan.filter((step) => /^(SEARCH|SCAN) [wued] /.test(step))).toEqual([
      'SEARCH w USING INTEGER PRIMARY KEY (rowid=?)',
      'SEARCH u USING INTEGER PRIMARY KEY (rowid=?)',
      'SEARCH e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
      expect.stringContaining('SEARCH d USING'),
    ]);
    expect(plan.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
  });

  it('that were pruned at the beginning are not looked for', async () => {
    await seedEvents(10);
    await db.run(sql`delete from events where seq < 8`);
    expect(await rangeOf(db, 2, {})).toEqual({ after: 7, until: 10 });
    expect(await rangeOf(db, 9, {})).toEqual({ after: 9, until: 10 });
  });

  it('that are none make an empty range', async () => {
    expect(await rangeOf(db, 0, { after: 1, before: 2 })).toEqual({ after: 0, until: 0 });
    await seedEvents(3);
    expect(await rangeOf(db, 3, { until_sequence: 1 })).toEqual({ after: 3, until: 3 });
  });
});

describe('of a webhook whose user may read', () => {
  const CHATS = JSON.stringify([
    { wa_id: '491', assigned_user_id: null, assigned_group_id: 5 },
    { wa_id: '492', assigned_user_id: null, assigned_group_id: null },
  ]);

  beforeEach(async () => {
    await db.batch([
      sql`delete from user_groups`,
      sql`insert into user_groups (user_id, group_id) values (${ann.id}, 5)`,
    ]);
  });

  async function seedFlags(scope: string): Promise<number> {
    await db.run(sql`update users set can_read_chats = ${scope} where id = ${ann.id}`);
    return seedWebhook(ann, { on_incoming_message: 1, on_outgoing_message: 1 });
  }

  it.each(['none', 'user'])('no chat (%s), none is counted, however it is asked', async (scope) => {
    const id = await seedFlags(scope);
    await seedEvents(3);
    await seedEvent({ kind: 'outgoing' });
    await seedEvent({ kind: 'resolved' });
    expect(await wanted(id, {})).toEqual([]);
    expect(await wanted(id, { chats: ['491'] })).toEqual([]);
    expect(await wanted(id, { after: SECOND, before: SECOND + 1 })).toEqual([]);
  });

  it('a chat of its group, that one is found by its key and its neighbour in the body is not', async () => {
    const id = await seedFlags('group');
    const seq = await seedEvent();
    await db.run(sql`update events set chats = ${CHATS} where seq = ${seq}`);
    expect(await wanted(id, { chats: ['491'] })).toEqual([seq]);
    expect(await wanted(id, { chats: ['492'] })).toEqual([]);
  });

  it('nothing, what is of no chat is counted still', async () => {
    const id = await seedFlags('none');
    expect(await wanted(id, {})).toEqual([]);
    const [errors, availability] = [
      await seedEvent({ about: [] }),
      await seedEvent({ kind: 'availability', about: [] }),
    ];
    expect(await wanted(id, {})).toEqual([errors, availability]);
  });

  it("everything, notices of other people's disabled webhooks are counted for admins only", async () => {
    const id = await seedWebhook(ann, { on_webhook_disabled: 1 });
    const own = await seedEvent({ kind: 'webhook', about: [] });
    const other = await seedEvent({ kind: 'webhook', about: [] });
    for (const [seq, owner] of [
      [own, ann.id],
      [other, ann.id + 1],
    ] as const) {
      const extended = JSON.stringify({ disabled_webhooks: [{ id: 1, user: { id: owner } }] });
      await db.run(sql`update events set extended = ${extended} where seq = ${seq}`);
    }
    expect(await wanted(id, {})).toEqual([own]);
    await db.run(sql`update users set role = 'admin' where id = ${ann.id}`);
    expect(await wanted(id, {})).toEqual([own, other]);
  });
});
