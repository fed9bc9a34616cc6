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
  await deliverAtOnce(seqs, stack, ctx, { ...bells, ringEvents });
  await waitOnExecutionContext(ctx);
  return queued;
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

  it('goes to the queue where storage fails, and stays open', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    answers['ok.test'] = OK;
    await subscribe('ok.test');
    const seq = await event();
    const batch = vi.spyOn(stack.db, 'batch').mockRejectedValueOnce(new Error('D1 is away'));
    expect(await deliver(seq)).toEqual([seq]);
    batch.mockRestore();
    expect(await openEvents()).toEqual([seq]);
  });

  it('waits for the sweep where the queue fails, too', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const seqs = Array.from({ length: 11 }, (_, index) => index + 1);
    const ringEvents = (): Promise<void> => Promise.reject(new Error('The queue is away'));
    await deliverAtOnce(seqs, stack, createExecutionContext(), { ...bells, ringEvents });
    expect(told.mock.calls.flat().join()).toContain('events_not_rung');
  });

  it('goes to the queue while two others of its stack are under way, and not after', async () => {
    const hanging = Promise.withResolvers<void>();
    answers['slow.test'] = () => hanging.promise.then(OK);
    await subscribe('slow.test');
    const seqs: number[] = [];
    for (let count = 0; count < 3; count += 1) seqs.push(await event());
    const [third = 0] = seqs.slice(2);
    const runs = seqs.slice(0, 2).map((seq) => deliver(seq));
    await vi.waitFor(() => expect(received()).toHaveLength(2));
    expect(await deliver(third)).toEqual([third]);
    hanging.resolve();
    expect((await Promise.all(runs)).flat()).toEqual([]);
    expect(await deliver(third)).toEqual([]);
    expect(received()).toHaveLength(3);
  });

  it('is one of a batch’s worth at most', async () => {
    const seqs = Array.from({ length: 11 }, (_, index) => index + 1);
    expect(await deliver(...seqs)).toEqual(seqs);
  });
});
