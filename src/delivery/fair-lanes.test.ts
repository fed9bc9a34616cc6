import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runFair } from './fair-lanes.ts';
import type { FairLaneDeps } from './fair-lanes.ts';

const PATIENCE_MS = 1_000;
const MAX_IN_FLIGHT = 4;
const FOREVER = Number.POSITIVE_INFINITY;

interface Job {
  readonly name: string;
  readonly key: string;
  readonly takesMs: number;
  readonly fails?: boolean;
}

function job(name: string, takesMs: number, key = name): Job {
  return { name, key, takesMs };
}

function jobs(prefix: string, count: number, takesMs: number): Job[] {
  return Array.from({ length: count }, (_, n) => job(`${prefix}${n}`, takesMs));
}

/** Receivers that take as long as the job says, and a record of all that the lane did to them. */
function makeReceivers() {
  const record = {
    started: [] as string[],
    leftOut: [] as string[],
    impatient: [] as string[],
    handedOver: new Map<string, Promise<void>>(),
    mostOpen: 0,
    mostOpenOfOneKey: 0,
    keysLeftOut: new Set<string | number>(),
  };
  const open: Job[] = [];
  const deps: FairLaneDeps<Job> = {
    keyOf: (item) => item.key,
    run: async (item) => {
      record.started.push(item.name);
      open.push(item);
      record.mostOpen = Math.max(record.mostOpen, open.length);
      const ofSameKey = open.filter((other) => other.key === item.key).length;
      record.mostOpenOfOneKey = Math.max(record.mostOpenOfOneKey, ofSameKey);
      await new Promise<void>((resolve) => {
        if (item.takesMs !== FOREVER) setTimeout(resolve, item.takesMs);
      });
      open.splice(open.indexOf(item), 1);
      if (item.fails === true) throw new Error(`bug in ${item.name}`);
    },
    isLeftOut: (key) => record.keysLeftOut.has(key),
    leaveOut: (item) => record.leftOut.push(item.name),
    patienceMs: PATIENCE_MS,
    onImpatient: (item, rest) => {
      record.impatient.push(item.name);
      record.handedOver.set(item.name, rest);
    },
    maxInFlight: MAX_IN_FLIGHT,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
  return { record, deps };
}

/** Runs the lane on a faked clock and says how long it took; fails when it takes over a minute. */
async function timed(items: readonly Job[], deps: FairLaneDeps<Job>): Promise<number> {
  const startMs = Date.now();
  const end = { tookMs: FOREVER };
  const outcome = runFair(items, deps)
    .finally(() => {
      end.tookMs = Date.now() - startMs;
    })
    .then(
      () => null,
      (error: unknown) => ({ error }),
    );
  for (let ms = 0; ms < 60_000 && end.tookMs > 60_000; ms += 10) {
    await vi.advanceTimersByTimeAsync(10);
  }
  if (end.tookMs > 60_000) throw new Error('the lane did not return within a minute');
  const failure = await outcome;
  if (failure !== null) throw failure.error;
  return end.tookMs;
}

function throwAtOnce(): Promise<void> {
  throw new Error('thrown, not rejected');
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('runFair with receivers that answer', () => {
  it('returns at once when there is nothing to do', async () => {
    const { record, deps } = makeReceivers();
    await runFair([], deps);
    expect(record.started).toEqual([]);
  });

  it('runs every item once, started in order', async () => {
    const { record, deps } = makeReceivers();
    const items = jobs('r', 20, 50);
    await timed(items, deps);
    expect(record.started).toEqual(items.map((item) => item.name));
    expect(record.leftOut).toEqual([]);
    expect(record.impatient).toEqual([]);
  });

  it('has as many open as allowed, and never more', async () => {
    const { record, deps } = makeReceivers();
    expect(await timed(jobs('r', 20, 100), deps)).toBe(500);
    expect(record.mostOpen).toBe(MAX_IN_FLIGHT);
  });

  it('fills a slot as soon as it is free', async () => {
    const { deps } = makeReceivers();
    const items = [job('slow', 900), ...jobs('fast', 27, 100)];
    expect(await timed(items, deps)).toBe(900);
  });

  it('has one open per key, in order, while other keys overtake', async () => {
    const { record, deps } = makeReceivers();
    await timed(
      [job('a1', 100, 'a'), job('a2', 100, 'a'), job('b1', 100, 'b'), job('a3', 100, 'a')],
      deps,
    );
    expect(record.mostOpenOfOneKey).toBe(1);
    expect(record.started).toEqual(['a1', 'b1', 'a2', 'a3']);
  });

  it('starts the clock of an item when its slot is taken, not before', async () => {
    const { record, deps } = makeReceivers();
    const tookMs = await timed(jobs('r', 12, 900), deps);
    expect(tookMs).toBe(2_700);
    expect(record.impatient).toEqual([]);
  });

  it('does not mistake an answer just in time for a hanging one', async () => {
    const { record, deps } = makeReceivers();
    await timed([job('a1', PATIENCE_MS - 1, 'a'), job('a2', 10, 'a')], deps);
    expect(record.impatient).toEqual([]);
    expect(record.started).toEqual(['a1', 'a2']);
  });

  it('leaves the list it was given as it was', async () => {
    const { deps } = makeReceivers();
    const items = Object.freeze(jobs('r', 6, 10));
    await timed(items, deps);
    expect(items).toHaveLength(6);
  });
});

describe('runFair and keys that are left out', () => {
  it('does not run an item of a key that is left out', async () => {
    const { record, deps } = makeReceivers();
    record.keysLeftOut.add('b');
    await timed([job('a', 10), job('b', 10), job('c', 10)], deps);
    expect(record.started).toEqual(['a', 'c']);
    expect(record.leftOut).toEqual(['b']);
  });

  it('heeds a key that becomes left out while the lane runs', async () => {
    const { record, deps } = makeReceivers();
    const run = (item: Job) => deps.run(item).then(() => void record.keysLeftOut.add(item.key));
    await timed([job('a1', 10, 'a'), job('a2', 10, 'a'), job('b', 10)], { ...deps, run });
    expect(record.started).toEqual(['a1', 'b']);
    expect(record.leftOut).toEqual(['a2']);
  });
});

describe('runFair with receivers that hang', () => {
  it('returns after its patience when one hangs, and hands that run over once', async () => {
    const { record, deps } = makeReceivers();
    const tookMs = await timed([job('hung', FOREVER), ...jobs('r', 6, 50)], deps);
    expect(tookMs).toBe(PATIENCE_MS);
    expect(record.impatient).toEqual(['hung']);
    expect(record.started).toHaveLength(7);
    expect(record.leftOut).toEqual([]);
  });

  it('leaves out what else the hanging key has, and runs the others', async () => {
    const { record, deps } = makeReceivers();
    const items = [
      job('h1', FOREVER, 'h'),
      job('h2', 10, 'h'),
      ...jobs('r', 30, 200),
      job('h3', 10, 'h'),
    ];
    await timed(items, deps);
    expect(record.leftOut).toEqual(['h2', 'h3']);
    expect(record.started).toEqual(['h1', ...jobs('r', 30, 200).map((item) => item.name)]);
  });

  it('counts a hanging run against the open ones for as long as it hangs', async () => {
    const { record, deps } = makeReceivers();
    const items = [...jobs('hung', 3, FOREVER), ...jobs('r', 20, 100)];
    expect(await timed(items, deps)).toBe(2_000);
    expect(record.mostOpen).toBe(MAX_IN_FLIGHT);
    expect(record.started).toHaveLength(23);
  });

  it('uses a slot again when a run that was handed over ends after all', async () => {
    const { record, deps } = makeReceivers();
    const items = [...jobs('late', 3, 1_500), job('l', 10, 'late0'), ...jobs('r', 40, 100)];
    // One slot for 1.5 s, then four: 15 answers, then 25 by fours.
    expect(await timed(items, deps)).toBe(1_500 + 700);
    expect(record.mostOpen).toBe(MAX_IN_FLIGHT);
    expect(record.impatient).toEqual(['late0', 'late1', 'late2']);
    expect(record.leftOut).toEqual(['l']);
  });

  it('leaves out all the rest when hanging runs hold every slot', async () => {
    const { record, deps } = makeReceivers();
    const items = [...jobs('hung', 4, FOREVER), ...jobs('r', 3, 10)];
    expect(await timed(items, deps)).toBe(PATIENCE_MS);
    expect(record.impatient).toEqual(['hung0', 'hung1', 'hung2', 'hung3']);
    expect(record.leftOut).toEqual(['r0', 'r1', 'r2']);
    expect(record.mostOpen).toBe(MAX_IN_FLIGHT);
  });

  it('returns after one patience when a hundred receivers all hang', async () => {
    const { record, deps } = makeReceivers();
    expect(await timed(jobs('hung', 100, FOREVER), deps)).toBe(PATIENCE_MS);
    expect(record.started).toHaveLength(MAX_IN_FLIGHT);
    expect(record.leftOut).toHaveLength(96);
  });

  it('runs or leaves out each item exactly once, whatever hangs', async () => {
    const { record, deps } = makeReceivers();
    const items = Array.from({ length: 200 }, (_, n) =>
      job(`i${n}`, n % 37 === 5 ? FOREVER : (n * 53) % 400, `k${n % 23}`),
    );
    await timed(items, deps);
    const seen = [...record.started, ...record.leftOut].sort();
    expect(seen).toEqual(items.map((item) => item.name).sort());
    expect(record.mostOpen).toBe(MAX_IN_FLIGHT);
    expect(record.mostOpenOfOneKey).toBe(1);
  });

  it('hands over a promise that settles when the run does', async () => {
    const { record, deps } = makeReceivers();
    await timed([job('late', 3_000)], deps);
    let settledAtMs = 0;
    const returnedAtMs = Date.now();
    void record.handedOver.get('late')?.then(() => {
      settledAtMs = Date.now();
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(settledAtMs - returnedAtMs).toBe(3_000 - PATIENCE_MS);
  });

  it('hands over the failure of a run with it', async () => {
    const { record, deps } = makeReceivers();
    await timed([{ ...job('late', 3_000), fails: true }], deps);
    await vi.advanceTimersByTimeAsync(3_000);
    await expect(record.handedOver.get('late')).rejects.toThrow('bug in late');
  });
});

describe('runFair and our own bugs', () => {
  it('rejects with what a run rejected with, after all others are done', async () => {
    const { record, deps } = makeReceivers();
    const items = [{ ...job('bad', 10), fails: true }, ...jobs('r', 9, 100)];
    await expect(timed(items, deps)).rejects.toThrow('bug in bad');
    expect(record.started).toHaveLength(10);
  });

  it('does so for a run that throws before it has begun', async () => {
    const { deps } = makeReceivers();
    const running = timed([job('a', 10)], { ...deps, run: throwAtOnce });
    await expect(running).rejects.toThrow('thrown, not rejected');
  });

  it('rejects with all of several failures', async () => {
    const { deps } = makeReceivers();
    const items = jobs('bad', 2, 10).map((item) => ({ ...item, fails: true }));
    await expect(timed(items, deps)).rejects.toMatchObject({
      errors: [new Error('bug in bad0'), new Error('bug in bad1')],
    });
  });
});
