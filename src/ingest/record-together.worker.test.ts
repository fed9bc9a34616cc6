import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventRow } from '../events/event.ts';
import {
  counter,
  emptyStack,
  messages,
  NOW,
  stack,
  storedChats,
  storedMessages,
  text,
  wabaRequest,
} from './post-body.test-support.ts';
import { readCall, type ReadCall } from './read-call.ts';
import { recordCall } from './record-calls.ts';
import { recordTogether } from './record-calls.ts';
import { status, statusBody } from './sample-bodies.test-support.ts';

const { db } = stack;

beforeEach(async () => {
  vi.restoreAllMocks();
  await emptyStack();
});

async function store(bodies: readonly object[]): ReturnType<typeof recordTogether> {
  return recordTogether(await readsOf(bodies), stack);
}

function readsOf(bodies: readonly object[]): Promise<ReadCall[]> {
  return Promise.all(bodies.map((body) => readCall(wabaRequest(body), stack.config, NOW)));
}

/** Stores bodies round by round; returns how many it took. */
async function storeInRounds(bodies: readonly object[]): Promise<number> {
  let left = await readsOf(bodies);
  for (let rounds = 0; ; rounds += 1) {
    if (left.length === 0) return rounds;
    const outcomes = await recordTogether(left, stack);
    left = left.filter((_, index) => outcomes[index] === undefined);
  }
}

const ofCustomers = (count: number): object[] =>
  Array.from({ length: count }, (_, index) =>
    messages([text(`m${index}`, { from: `48${index}` })], [{ wa_id: `48${index}`, profile: {} }]),
  );

describe('calls that are stored at once', () => {
  it('take one round trip to read and one to write, and hardly more statements than one', async () => {
    const batches = vi.spyOn(db, 'batch');
    await store(ofCustomers(1));
    await store(ofCustomers(21).slice(1));
    const [read, write, readAll, writeAll, ...more] = batches.mock.calls.map(
      ([list]) => list.length,
    );
    expect(more).toEqual([]);
    expect(readAll).toBe(read);
    // An event each.
    expect(writeAll).toBe((write ?? 0) + 19);
  });

  it('are each an event of its own, with what is in its own body', async () => {
    const bodies = ofCustomers(3);
    const outcomes = await store(bodies);
    const events = await db.all<EventRow>(sql`select * from events order by seq`);
    expect(events.map(({ body }) => body)).toEqual(bodies.map((body) => JSON.stringify(body)));
    expect(outcomes).toMatchObject(
      events.map(({ seq }) => ({ status: 'fulfilled', value: { seq, hasIncoming: true } })),
    );
    expect(events.map(({ chats }) => chats)).toEqual(
      ['480', '481', '482'].map((key) => expect.stringContaining(`"wa_id":"${key}"`)),
    );
    expect([await counter('chats'), await counter('messages')]).toEqual([3, 3]);
  });

  it('come again where they are of the same customer: each message has its place in the chat', async () => {
    const ofOne = ['a', 'b', 'c'].map((id) => messages([text(id, { from: '48' })]));
    expect(await storeInRounds([...ofOne, ...ofCustomers(5)])).toBe(3);
    const own = (await storedMessages()) as { chat: string }[];
    expect(own.filter(({ chat }) => chat === '48')).toEqual(
      ['a', 'b', 'c'].map((waba_id, index) => ({ waba_id, chat: '48', ordinal: index + 1 })),
    );
    expect((await storedChats())[0]).toMatchObject({ inbound_count: 3, message_count: 3 });
  });

  it('come again where they are statuses of the same message', async () => {
    await storeInRounds(
      ['sent', 'delivered', 'read'].map((name) => statusBody(status('wamid.a', name))),
    );
    const stored = await db.all<{ status: string }>(
      sql`select status from statuses order by status`,
    );
    expect(stored.map((row) => row.status)).toEqual(['delivered', 'read', 'sent']);
  });

  it('are nothing new where they were stored before, and take no other with them', async () => {
    const [first, second] = ofCustomers(2);
    await store([first ?? {}]);
    const outcomes = await store([first ?? {}, second ?? {}, second ?? {}]);
    expect(outcomes[0]).toEqual({ status: 'fulfilled', value: undefined });
    expect(outcomes[1]).toMatchObject({ value: { hasIncoming: true } });
    expect(outcomes[2]).toBeUndefined();
    expect(await counter('messages')).toBe(2);
  });

  it('are stored each by itself where one of them cannot be stored with the others', async () => {
    const bodies = ofCustomers(10);
    const [raced] = await readsOf(bodies.slice(3, 4));
    const batch = db.batch.bind(db);
    const batches = vi
      .spyOn(db, 'batch')
      // What is known is read, and before the rest is written somebody else stores one of them.
      .mockImplementationOnce(batch)
      .mockImplementationOnce(async (queries) => {
        if (raced !== undefined) await recordCall(raced, stack);
        return batch(queries);
      });
    const outcomes = await store(bodies);
    await expect(batches.mock.results[1]?.value).rejects.toThrow('UNIQUE constraint failed');
    expect(outcomes).toMatchObject(
      bodies.map((_, index) => ({
        status: 'fulfilled',
        value: index === 3 ? undefined : { hasIncoming: true },
      })),
    );
    expect(await counter('messages')).toBe(10);
    expect(await db.all(sql`select seq from events`)).toHaveLength(10);
  });

  it('all fail where storage is away', async () => {
    vi.spyOn(db, 'batch').mockRejectedValue(new Error('D1_ERROR: Network connection lost.'));
    await expect(store(ofCustomers(2))).rejects.toThrow('Network connection lost');
  });
});
