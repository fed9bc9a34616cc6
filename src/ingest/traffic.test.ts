import { describe, expect, it } from 'vitest';
import { inTraffic } from './ingest.ts';

/** Work for one stack that is under way until it is let go on. */
function stack() {
  const whom = {};
  const end = Promise.withResolvers<void>();
  const rushed: boolean[] = [];
  const begin = (now: number): Promise<void> =>
    inTraffic(whom, now, async (isRush) => {
      rushed.push(isRush);
      await end.promise;
    });
  return { begin, rushed, end: () => end.resolve() };
}

describe('calls come in a rush', () => {
  it('from the third that is under way at once on', () => {
    const { begin, rushed } = stack();
    for (let call = 0; call < 4; call += 1) void begin(1000);
    expect(rushed).toEqual([false, false, true, true]);
  });

  it('until half a second after they met last, although nothing is under way', async () => {
    const { begin, rushed, end } = stack();
    const working = [1000, 1000, 1000].map(begin);
    end();
    await Promise.all(working);
    for (const now of [1100, 1499, 1500]) await begin(now);
    expect(rushed.slice(3)).toEqual([true, true, false]);
  });

  it('for each stack by itself', () => {
    const busy = stack();
    for (let call = 0; call < 3; call += 1) void busy.begin(1000);
    const { begin, rushed } = stack();
    void begin(1000);
    expect(rushed).toEqual([false]);
  });

  it('and what fails is under way no more', async () => {
    const whom = {};
    const fail = (): Promise<void> => inTraffic(whom, 1, () => Promise.reject(new Error('no')));
    for (let call = 0; call < 3; call += 1) await expect(fail()).rejects.toThrow('no');
    expect(await inTraffic(whom, 1, async (isRush) => isRush)).toBe(false);
  });
});
