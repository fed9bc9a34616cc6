import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { deliverAtOnce } from './deliver-at-once.ts';
import {
  answers,
  bells,
  deliveries,
  event,
  OK,
  received,
  reported,
  stack,
  STATUS,
  subscribe,
  useLanes,
} from './lanes.test-support.ts';

useLanes();

/** Delivers events as the request that wrote them does; returns those that the queue was rung for. */
async function deliver(...seqs: number[]): Promise<number[]> {
  const queued: number[] = [];
  const ctx = createExecutionContext();
  const ringEvents = async (_stack: string, open: readonly number[]): Promise<void> =>
    void queued.push(...open);
  await deliverAtOnce(seqs, stack, ctx, { ...bells, ringEvents, dialects: {} });
  await waitOnExecutionContext(ctx);
  return queued;
}

/** Lets the next two runs begin, and wait for the database until it is let go. */
function holdStorage(): PromiseWithResolvers<void> {
  const held = Promise.withResolvers<void>();
  const batch = stack.db.batch.bind(stack.db);
  const afterwards: typeof batch = (queries) => held.promise.then(() => batch(queries));
  vi.spyOn(stack.db, 'batch').mockImplementationOnce(afterwards).mockImplementationOnce(afterwards);
  return held;
}

async function openEvents(): Promise<number[]> {
  const rows = await stack.db.all<{ seq: number }>(
    sql`select seq from events where open = 1 order by seq`,
  );
  return rows.map(({ seq }) => seq);
}

describe('an event in the request that wrote it', () => {
  it('is delivered and closed without the queue', async () => {
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seq = await event();
    expect(await deliver(seq)).toEqual([]);
    expect(received()).toEqual([seq]);
    expect(await openEvents()).toEqual([]);
  });

  it('is left to the slow lane where its receiver fails', async () => {
    answers['bad.test'] = STATUS(500);
    const id = await subscribe('bad.test');
    const seq = await event();
    expect(await deliver(seq)).toEqual([]);
    expect(await deliveries()).toEqual([{ webhook_id: id, seq, state: 'due', attempts: 1 }]);
    expect(reported[0]).toBeGreaterThan(Date.now() + 4000);
  });

  it('is found by the sweep where storage fails: it stays open', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seq = await event();
    const batch = vi.spyOn(stack.db, 'batch').mockRejectedValueOnce(new Error('D1 is away'));
    expect(await deliver(seq)).toEqual([]);
    batch.mockRestore();
    expect(await openEvents()).toEqual([seq]);
    expect(reported[0]).toBeGreaterThan(Date.now() + 9_000);
  });

  it('is found by the sweep where the queue fails', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const seqs = Array.from({ length: 11 }, (_, index) => index + 1);
    const ringEvents = (): Promise<void> => Promise.reject(new Error('The queue is away'));
    await deliverAtOnce(seqs, stack, createExecutionContext(), {
      ...bells,
      ringEvents,
      dialects: {},
    });
    expect(reported[0]).toBeGreaterThan(Date.now() + 9_000);
  });

  it('goes to the queue while two others of its stack are under way, and not after', async () => {
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seqs = [await event(), await event(), await event()];
    const [first = 0, second = 0, third = 0] = seqs;
    const storage = holdStorage();
    const runs = [deliver(first), deliver(second)];
    expect(await deliver(third)).toEqual([third]);
    storage.resolve();
    expect((await Promise.all(runs)).flat()).toEqual([]);
    expect(await deliver(third)).toEqual([]);
    expect(new Set(received())).toEqual(new Set(seqs));
  });

  it('waits for no run that was cut off half a minute ago', async () => {
    const storage = holdStorage();
    const runs = [deliver(1), deliver(2)];
    expect(await deliver(3)).toEqual([3]);
    vi.setSystemTime(Date.now() + 30_001);
    expect(await deliver(3)).toEqual([]);
    vi.useRealTimers();
    storage.resolve();
    await Promise.all(runs);
  });

  it('is one of a batch’s worth at most', async () => {
    const seqs = Array.from({ length: 11 }, (_, index) => index + 1);
    expect(await deliver(...seqs)).toEqual(seqs);
  });
});
