import { describe, expect, it } from 'vitest';
import { Gathering } from './gathering.ts';

/** Work that notes its rounds, each of which ends when it is told. */
function controlled(maxItems = 10) {
  const rounds: (readonly number[])[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const gathering = new Gathering<number, number>(async (items) => {
    rounds.push(items);
    const end = Promise.withResolvers<void>();
    ends.push(end);
    await end.promise;
    return items.map((item) => item * 2);
  }, maxItems);
  return { gathering, rounds, ends };
}

describe('work that is gathered', () => {
  it('begins at once, and what comes meanwhile shares the next round', async () => {
    const { gathering, rounds, ends } = controlled();
    const results = [1, 2, 3].map((item) => gathering.add(item));
    expect(rounds).toEqual([[1]]);
    ends[0]?.resolve();
    expect(await results[0]).toBe(2);
    await expect.poll(() => rounds).toEqual([[1], [2, 3]]);
    ends[1]?.resolve();
    expect(await Promise.all(results)).toEqual([2, 4, 6]);
  });

  it('is done in rounds of no more than the most', async () => {
    const { gathering, rounds, ends } = controlled(2);
    const results = [1, 2, 3, 4].map((item) => gathering.add(item));
    for (const round of [0, 1, 2]) {
      await expect.poll(() => rounds.length).toBe(round + 1);
      ends[round]?.resolve();
    }
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8]);
    expect(rounds).toEqual([[1], [2, 3], [4]]);
  });

  it('rejects a round that fails as a whole, and goes on with the next', async () => {
    const { gathering, rounds, ends } = controlled();
    const [first, second] = [1, 2].map((item) => gathering.add(item));
    ends[0]?.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await expect.poll(() => rounds.length).toBe(2);
    ends[1]?.resolve();
    expect(await second).toBe(4);
    expect(gathering.add(3)).toBeInstanceOf(Promise);
    expect(rounds).toHaveLength(3);
  });
});
