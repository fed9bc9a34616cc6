import { describe, expect, it } from 'vitest';
import { Arrivals } from './arrivals.ts';

describe('the arrivals of a load', () => {
  it('are complete when each receiver has everything', async () => {
    const arrivals = new Arrivals('l1', 2, 2);
    const complete = arrivals.complete(60_000);
    for (const receiver of [0, 1]) {
      arrivals.note(receiver, '{"id":"bench-l1-1"}', 20 + receiver);
      arrivals.note(receiver, '{"id":"bench-l1-0"}', 10 + receiver);
    }
    const { at, duplicates } = await complete;
    expect(at.map((times) => [...times])).toEqual([
      [10, 20],
      [11, 21],
    ]);
    expect(duplicates).toBe(0);
  });

  it('show what is missing when the time is up', async () => {
    const arrivals = new Arrivals('l1', 2, 1);
    arrivals.note(0, 'bench-l1-1', 5);
    expect([...((await arrivals.complete(10)).at[0] ?? [])]).toEqual([NaN, 5]);
  });

  it('count what comes again, and keep when it came first', async () => {
    const arrivals = new Arrivals('l1', 1, 1);
    for (const at of [5, 6, 7]) arrivals.note(0, 'bench-l1-0', at);
    const { at, duplicates } = await arrivals.complete(0);
    expect([...(at[0] ?? [])]).toEqual([5]);
    expect(duplicates).toBe(2);
  });

  it('leave out what belongs to another load', async () => {
    const arrivals = new Arrivals('l2', 1, 1);
    arrivals.note(0, 'bench-l1-0', 5);
    arrivals.note(0, 'bench-l2-7', 5);
    expect(await arrivals.complete(0)).toEqual({ at: [new Float64Array([NaN])], duplicates: 0 });
  });
});
