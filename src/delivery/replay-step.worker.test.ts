import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../auth/user.ts';
import { changeReplay } from '../webhooks/replays/change-replay.ts';
import { countReplay, createReplay } from '../webhooks/replays/create-replay.ts';
import { dueReplays, retrieveReplay } from '../webhooks/replays/find-replays.ts';
import type { ReplayFilter } from '../webhooks/replays/replay-filter.ts';
import type { Replay } from '../webhooks/replays/replay.ts';
import {
  FIRST_AT,
  prepareReplays,
  queuedBy,
  seedDelivery,
  seedEvent,
  seedEvents,
  seedWebhook,
  stack,
} from '../webhooks/replays/replays.test-support.ts';
import { NEVER_MS } from '../webhooks/enablement.ts';
import { updateWebhook } from '../webhooks/update-webhook.ts';
import type { DueWork } from './report-due-work.ts';
import { stepReplay } from './replay-step.ts';

const { db } = stack;
const POLICY = { allowPrivate: false, ownHosts: [], dialects: {} };
let ann: User;
let webhook: number;
/** Milliseconds; the clock of the steps. */
let now: number;

beforeEach(async () => {
  vi.restoreAllMocks();
  ann = await prepareReplays();
  webhook = await seedWebhook(ann);
  now = Date.now() + 10_000;
});

function replay(filter: ReplayFilter = {}, perSecond = 2): Promise<Replay> {
  return createReplay(stack, ann, webhook, filter, perSecond);
}

function step(id: number): Promise<DueWork> {
  return stepReplay(id, { stack, now: () => now });
}

/** Makes a step a second later. */
function nextStep(id: number): Promise<DueWork> {
  now += 1_000;
  return step(id);
}

function read(id: number): Promise<Replay> {
  return retrieveReplay(stack, ann, webhook, id);
}

/** Says how what is pending ended, as the slow lane does. */
async function end(state: string, id: number): Promise<void> {
  await db.run(
    sql`update deliveries set state = ${state}, attempts = 1 where replay_id = ${id} and state = 'due'`,
  );
}

/** Steps until the replay is done, everything being delivered in between. */
async function run(id: number): Promise<void> {
  for (let steps = 0; steps < 100; steps += 1) {
    const { nextAt } = await nextStep(id);
    await end('delivered', id);
    if (nextAt === undefined) return;
  }
  throw new Error('The replay did not come to its end.');
}

describe('a step of a replay', () => {
  it('makes a second of deliveries due, rings the slow lane for them, and says when the next is', async () => {
    await seedEvents(5);
    const { id } = await replay();
    expect(await step(id)).toEqual({ webhooks: [webhook], nextAt: now + 1_000 });
    expect(await queuedBy(id)).toEqual([1, 2]);
    expect(await db.all(sql`select state, attempts, next_at from deliveries`)).toEqual([
      { state: 'due', attempts: 0, next_at: now },
      { state: 'due', attempts: 0, next_at: now },
    ]);
    expect(await read(id)).toMatchObject({ state: 'running', total: 5, queued: 2, pending: 2 });
  });

  it('does nothing before its time', async () => {
    await seedEvents(5);
    const { id } = await replay();
    await step(id);
    now += 999;
    expect(await step(id)).toEqual({ webhooks: [], nextAt: now + 1 });
    expect(await queuedBy(id)).toEqual([1, 2]);
  });

  it('is the last one when all events up to its end were looked at', async () => {
    await seedEvents(3);
    const { id } = await replay();
    // What comes after it began is delivered as ever.
    await seedEvent();
    await step(id);
    expect(await nextStep(id)).toEqual({ webhooks: [webhook], nextAt: undefined });
    expect(await read(id)).toMatchObject({ state: 'done', queued: 3, pending: 3, endedAt: now });
    expect(await queuedBy(id)).toEqual([1, 2, 3]);
    expect(await nextStep(id)).toEqual({ webhooks: [], nextAt: undefined });
  });

  it('tells what became of the deliveries', async () => {
    await seedEvents(8);
    const { id } = await replay();
    for (const state of ['delivered', 'dead', 'dropped']) {
      await nextStep(id);
      await end(state, id);
    }
    await nextStep(id);
    expect(await read(id)).toMatchObject({
      queued: 8,
      delivered: 2,
      dead: 2,
      dropped: 2,
      pending: 2,
    });
  });

  it('makes a delivery that had ended due anew, from its first attempt', async () => {
    await seedEvents(1);
    await seedDelivery(webhook, 1, 'dead');
    await db.run(sql`update deliveries set last_error = 'x', status = 500, error = 'timeout'`);
    const { id } = await replay();
    await step(id);
    expect(await db.all(sql`select * from deliveries`)).toMatchObject([
      { state: 'due', attempts: 0, replay_id: id, last_error: null, status: null, error: null },
    ]);
  });

  it('leaves alone what is due already, and does not count it', async () => {
    await seedEvents(3);
    const { id } = await replay({}, 5);
    await seedDelivery(webhook, 2, 'due');
    await step(id);
    expect(await queuedBy(id)).toEqual([1, 3]);
    expect(await db.first(sql`select attempts from deliveries where seq = 2`)).toEqual({
      attempts: 3,
    });
    expect(await read(id)).toMatchObject({ state: 'done', queued: 2 });
  });

  it.each<[string, ReplayFilter]>([
    ['everything', {}],
    ['some kinds', { kinds: ['outgoing'] }],
    ['some chats', { chats: ['492'] }],
    ['what was not attempted', { states: ['none'] }],
    ['what is dead or delivered', { states: ['dead', 'delivered'] }],
    ['a time', { after: FIRST_AT / 1000 + 10, before: FIRST_AT / 1000 + 20 }],
    ['a range', { after_sequence: 3, until_sequence: 17 }],
  ])('queues in the end what a dry run counted: %s', async (_what, filter) => {
    await db.run(sql`update webhooks set on_outgoing_message = 1`);
    for (let index = 0; index < 30; index += 1) {
      await seedEvent({
        kind: index % 3 === 0 ? 'outgoing' : 'waba',
        about: index % 4 === 0 ? ['491', '492'] : ['491'],
        created_at: FIRST_AT + index * 1000,
        ...(index % 5 === 0 ? { receiptOf: webhook } : {}),
      });
      if (index % 7 === 0) await seedDelivery(webhook, index + 1, 'dead');
    }
    const count = await countReplay(stack, ann, webhook, filter);
    expect(count).toBeGreaterThan(0);
    expect(await db.first(sql`select count(*) as n from replays`)).toEqual({ n: 0 });
    const { id } = await replay(filter, 4);
    await run(id);
    expect(await read(id)).toMatchObject({ state: 'done', total: count, queued: count });
    expect(await queuedBy(id)).toHaveLength(count);
  });

  it('goes past many events that are not wanted', async () => {
    await seedEvents(20_500, 'outgoing');
    const seq = await seedEvent();
    const { id } = await replay();
    expect(await step(id)).toEqual({ webhooks: [], nextAt: now + 1_000 });
    expect(await nextStep(id)).toEqual({ webhooks: [webhook], nextAt: undefined });
    expect(await queuedBy(id)).toEqual([seq]);
  });

  it('waits for an event that is being delivered, to know how that ends', async () => {
    await seedEvents(1);
    const open = await seedEvent({ open: 1, created_at: now });
    const { id } = await replay({ states: ['none'] });
    await step(id);
    await nextStep(id);
    expect([await queuedBy(id), (await read(id)).state]).toEqual([[1], 'running']);
    const receipts = JSON.stringify([{ webhook, status: 200, ms: 1, at: now }]);
    await db.run(sql`update events set open = null, receipts = ${receipts} where seq = ${open}`);
    await nextStep(id);
    expect([await queuedBy(id), (await read(id)).state]).toEqual([[1], 'done']);
  });

  it('does not wait for one that is stuck', async () => {
    await seedEvent({ open: 1 });
    const { id } = await replay();
    await step(id);
    expect(await queuedBy(id)).toEqual([1]);
  });
});

describe('two steps at once', () => {
  it('are one', async () => {
    await seedEvents(9);
    const { id } = await replay();
    await Promise.all([step(id), step(id), step(id)]);
    expect(await queuedBy(id)).toEqual([1, 2]);
    expect(await read(id)).toMatchObject({ queued: 2, pending: 2 });
  });
});

describe('a step that died', () => {
  it('before its batch is made again as if it had not been', async () => {
    await seedEvents(5);
    const { id } = await replay();
    vi.spyOn(db, 'batch').mockRejectedValueOnce(new Error('gone'));
    await expect(step(id)).rejects.toThrow('gone');
    expect(await queuedBy(id)).toEqual([]);
    await step(id);
    expect(await queuedBy(id)).toEqual([1, 2]);
  });

  it('after its batch is neither repeated nor skipped', async () => {
    await seedEvents(5);
    const { id } = await replay();
    const batch = db.batch.bind(db);
    vi.spyOn(db, 'batch').mockImplementationOnce(async (queries) => {
      await batch(queries);
      throw new Error('gone');
    });
    await expect(step(id)).rejects.toThrow('gone');
    await step(id);
    expect([await queuedBy(id), (await read(id)).queued]).toEqual([[1, 2], 2]);
    await run(id);
    expect([await queuedBy(id), (await read(id)).queued]).toEqual([[1, 2, 3, 4, 5], 5]);
  });
});

describe('a receiver that does not keep up', () => {
  it('has four seconds of deliveries pending and no more', async () => {
    await seedEvents(50);
    const { id } = await replay();
    for (let steps = 0; steps < 10; steps += 1) await nextStep(id);
    expect(await queuedBy(id)).toHaveLength(8);
    expect(await step(id)).toMatchObject({ webhooks: [] });
    // One has gone: there is room for one.
    await db.run(sql`update deliveries set state = 'delivered' where seq = 1`);
    now += 4_000;
    await step(id);
    expect(await queuedBy(id)).toHaveLength(9);
  });

  it('is looked at again after four seconds, or half a minute where it fails', async () => {
    await seedEvents(50);
    const { id } = await replay();
    for (let steps = 0; steps < 4; steps += 1) await nextStep(id);
    now += 1_000;
    expect(await step(id)).toEqual({ webhooks: [], nextAt: now + 4_000 });
    await db.run(sql`update webhooks set failing_since = 1`);
    now += 4_000;
    expect(await step(id)).toEqual({ webhooks: [], nextAt: now + 30_000 });
  });
});

describe('a webhook that is disabled', () => {
  it('gets nothing queued, at no cost, until it is enabled', async () => {
    await seedEvents(5);
    const { id } = await replay();
    await step(id);
    await updateWebhook(stack, ann, webhook, { isEnabled: false }, POLICY);
    expect(await nextStep(id)).toEqual({ webhooks: [], nextAt: undefined });
    expect(await queuedBy(id)).toEqual([1, 2]);
    expect(await db.first(sql`select next_at from replays`)).toEqual({ next_at: NEVER_MS });
    await updateWebhook(stack, ann, webhook, { isEnabled: true }, POLICY);
    expect(await dueReplays(db, webhook, now)).toContain(id);
    await nextStep(id);
    expect(await queuedBy(id)).toEqual([1, 2, 3, 4]);
  });

  it('gets what came meanwhile by a replay that begins when it is enabled', async () => {
    await seedEvents(2);
    await updateWebhook(stack, ann, webhook, { isEnabled: false }, POLICY);
    await seedEvent();
    await seedEvent({ kind: 'outgoing' });
    await seedEvent({ receiptOf: webhook });
    await seedEvent();
    await updateWebhook(stack, ann, webhook, { isEnabled: true }, POLICY);
    const [id = 0] = await dueReplays(db, webhook, now);
    expect(await read(id)).toMatchObject({
      filter: { missed: true, after_sequence: 2, until_sequence: 6, states: ['none'] },
      perSecond: 50,
      total: null,
    });
    await step(id);
    expect(await queuedBy(id)).toEqual([3, 6]);
    expect(await read(id)).toMatchObject({ state: 'done', total: 2, queued: 2 });
  });

  it('begins no replay when it is enabled and nothing came', async () => {
    await seedEvents(2);
    await updateWebhook(stack, ann, webhook, { isEnabled: false }, POLICY);
    await updateWebhook(stack, ann, webhook, { isEnabled: true }, POLICY);
    expect(await dueReplays(db, webhook, now)).toEqual([]);
  });

  it('and deleted takes its replays with it', async () => {
    await seedEvents(2);
    const { id } = await replay();
    await db.run(sql`delete from webhooks`);
    expect(await step(id)).toEqual({ webhooks: [], nextAt: undefined });
    expect(await db.all(sql`select id from replays`)).toEqual([]);
  });
});

describe('a webhook with order', () => {
  it('has replayed deliveries in the queues of their chats, the first of each due', async () => {
    await db.run(sql`update webhooks set ordering = 'chat'`);
    for (const chat of ['491', '491', '492']) await seedEvent({ about: [chat] });
    const { id } = await replay({}, 10);
    await step(id);
    expect(await db.all(sql`select chat, seq from chat_queue order by seq`)).toEqual([
      { chat: '491', seq: 1 },
      { chat: '491', seq: 2 },
      { chat: '492', seq: 3 },
    ]);
    expect(await db.all(sql`select seq, next_at from deliveries order by seq`)).toEqual([
      { seq: 1, next_at: now },
      { seq: 2, next_at: NEVER_MS },
      { seq: 3, next_at: now },
    ]);
  });

  it('loses none of what waits behind a replay that is cancelled', async () => {
    await db.run(sql`update webhooks set ordering = 'chat'`);
    for (let index = 0; index < 2; index += 1) await seedEvent();
    const { id } = await replay({ until_sequence: 1 }, 10);
    await step(id);
    const live = await seedEvent();
    await db.batch([
      sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
          values (${webhook}, ${live}, 'due', 0, ${NEVER_MS})`,
      sql`insert into chat_queue (webhook_id, chat, seq) values (${webhook}, '491', ${live})`,
    ]);
    await changeReplay(stack, ann, webhook, id, 'cancel');
    expect(await db.all(sql`select seq from chat_queue`)).toEqual([{ seq: live }]);
    expect(await db.first(sql`select next_at from deliveries where seq = ${live}`)).toEqual({
      next_at: expect.closeTo(Date.now(), -5),
    });
  });
});

describe('a replay that is paused', () => {
  it('queues nothing until it is resumed, and keeps what is queued', async () => {
    await seedEvents(5);
    const { id } = await replay();
    await step(id);
    expect(await changeReplay(stack, ann, webhook, id, 'pause')).toMatchObject({
      state: 'paused',
      pending: 2,
    });
    expect(await nextStep(id)).toEqual({ webhooks: [], nextAt: undefined });
    expect(await queuedBy(id)).toEqual([1, 2]);
    await changeReplay(stack, ann, webhook, id, 'resume');
    await run(id);
    expect(await queuedBy(id)).toEqual([1, 2, 3, 4, 5]);
  });

  it('during a step stays paused, and the step does nothing', async () => {
    await seedEvents(5);
    const { id } = await replay();
    const batch = db.batch.bind(db);
    vi.spyOn(db, 'batch').mockImplementationOnce(async (queries) => {
      await changeReplay(stack, ann, webhook, id, 'pause');
      return batch(queries) as never;
    });
    await step(id);
    expect([await queuedBy(id), (await read(id)).state]).toEqual([[], 'paused']);
  });
});

describe('a replay that is cancelled', () => {
  it('drops what was not attempted, and nothing else', async () => {
    await seedEvents(9);
    const { id } = await replay({}, 4);
    await step(id);
    await db.batch([
      sql`update deliveries set state = 'delivered', attempts = 1 where seq = 1`,
      sql`update deliveries set attempts = 1 where seq = 2`,
    ]);
    expect(await changeReplay(stack, ann, webhook, id, 'cancel')).toMatchObject({
      state: 'cancelled',
      queued: 4,
      delivered: 1,
      pending: 1,
      dropped: 2,
      endedAt: expect.any(Number),
    });
    expect(await nextStep(id)).toEqual({ webhooks: [], nextAt: undefined });
    expect(await queuedBy(id)).toEqual([1, 2, 3, 4]);
  });

  it('may be done already, as long as something of it is pending', async () => {
    await seedEvents(1);
    const first = await replay();
    await step(first.id);
    expect(await changeReplay(stack, ann, webhook, first.id, 'cancel')).toMatchObject({
      state: 'cancelled',
      dropped: 1,
    });
    const second = await replay();
    await step(second.id);
    await end('delivered', second.id);
    await expect(changeReplay(stack, ann, webhook, second.id, 'cancel')).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
