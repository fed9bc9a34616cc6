import { sql, type SQL } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { LaneWriter } from './lane-writer.ts';

/** A database whose batches end when the test says so. */
function slowDatabase(): {
  writer: (seqs: number[], others?: number[]) => LaneWriter;
  taken: (readonly number[])[];
  open: { now: number; most: number };
  /** Lets those go on that wait for some milliseconds. */
  letTimePass: () => Promise<void>;
  endBatch: (error?: Error) => Promise<void>;
} {
  const taken: (readonly number[])[] = [];
  const open = { now: 0, most: 0 };
  let time = Promise.withResolvers<void>();
  let batch = Promise.withResolvers<void>();
  async function surely(): Promise<void> {
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    await batch.promise.finally(() => (open.now -= 1));
  }
  function take(seqs: readonly number[]): SQL[] {
    taken.push(seqs);
    return [sql`select 1`];
  }
  return {
    writer: (seqs, others = []) =>
      new LaneWriter(seqs, others, {
        db: { surely },
        ledger: { take },
        now: () => 1,
        sleep: () => time.promise,
      }),
    taken,
    open,
    letTimePass: async () => {
      const passed = time;
      time = Promise.withResolvers();
      passed.resolve();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    endBatch: async (error) => {
      const ended = batch;
      batch = Promise.withResolvers();
      if (error === undefined) ended.resolve();
      else ended.reject(error);
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

describe('the writer of the fast lane', () => {
  it('closes an event when the last of its deliveries is settled, not before', () => {
    const { writer, taken } = slowDatabase();
    const lane = writer([1, 1]);
    lane.settled(1);
    expect(taken).toEqual([]);
    lane.settled(1);
    expect(taken).toEqual([[1]]);
  });

  it('gathers for a moment while more of the run is to come', async () => {
    const { writer, taken, letTimePass } = slowDatabase();
    const lane = writer([1, 2, 3]);
    lane.settled(1);
    lane.settled(2);
    expect(taken).toEqual([]);
    await letTimePass();
    expect(taken).toEqual([[1, 2]]);
  });

  it('gathers no longer once the run is over', () => {
    const { writer, taken } = slowDatabase();
    const lane = writer([1, 2]);
    lane.settled(1);
    lane.settled(2);
    expect(taken).toEqual([[1, 2]]);
  });

  it('writes one batch at a time; what comes meanwhile shares the next', async () => {
    const { writer, taken, open, letTimePass, endBatch } = slowDatabase();
    const lane = writer([1, 2, 3, 4]);
    lane.settled(1);
    await letTimePass();
    lane.settled(2);
    lane.settled(3);
    await letTimePass();
    expect(taken).toEqual([[1]]);
    await endBatch();
    expect(taken).toEqual([[1], [2, 3]]);
    lane.settled(4);
    await endBatch();
    expect(taken).toEqual([[1], [2, 3], [4]]);
    await endBatch();
    await lane.finish();
    expect(open.most).toBe(1);
  });

  it('gathers anew after a batch during which more came', async () => {
    const { writer, taken, letTimePass, endBatch } = slowDatabase();
    const lane = writer([1, 2, 3]);
    lane.settled(1);
    await letTimePass();
    lane.settled(2);
    await endBatch();
    expect(taken).toEqual([[1]]);
    lane.settled(3);
    expect(taken).toEqual([[1], [2, 3]]);
  });

  it('writes a statement without gathering, and what was gathered with it', () => {
    const { writer, taken } = slowDatabase();
    const lane = writer([1, 2]);
    lane.settled(1);
    lane.writeAtOnce(sql`select 2`);
    expect(taken).toEqual([[1]]);
  });

  it('closes events that have no delivery', async () => {
    const { writer, taken, endBatch } = slowDatabase();
    const finished = writer([], [7, 8]).finish();
    await endBatch();
    await finished;
    expect(taken).toEqual([[7, 8]]);
  });

  it('goes on after a batch that failed, and says so in the end', async () => {
    const { writer, taken, letTimePass, endBatch } = slowDatabase();
    const lane = writer([1, 2]);
    lane.settled(1);
    await letTimePass();
    lane.settled(2);
    await endBatch(new Error('Network connection lost.'));
    const finished = lane.finish().catch((error: unknown) => error);
    await endBatch();
    expect(await finished).toEqual(new Error('Network connection lost.'));
    expect(taken).toEqual([[1], [2]]);
  });
});
