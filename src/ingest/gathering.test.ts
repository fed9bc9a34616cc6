import { describe, expect, it } from 'vitest';
import { Gathering } from './gathering.ts';

const UNWANTED = 13;

/** Work that notes its rounds, each of which ends when it is told. */
function controlled({ maxItems = 10, sleep = () => Promise.resolve() } = {}) {
  const rounds: (readonly number[])[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const gathering = new Gathering<number, number>(
    async (items) => {
      rounds.push(items);
      const end = Promise.withResolvers<void>();
      ends.push(end);
      await end.promise;
      return items.map((item) =>
        item < 0 && rounds.length < 3
          ? undefined
          : item === UNWANTED
            ? { status: 'rejected', reason: new Error('unwanted') }
            : { status: 'fulfilled', value: item * 2 },
      );
    },
    { maxItems, minRoundMs: 25, sleep },
  );
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
    const { gathering, rounds, ends } = controlled({ maxItems: 2 });
    const results = [1, 2, 3, 4].map((item) => gathering.add(item));
    for (const round of [0, 1, 2]) {
      await expect.poll(() => rounds.length).toBe(round + 1);
      ends[round]?.resolve();
    }
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8]);
    expect(rounds).toEqual([[1], [2, 3], [4]]);
  });

  it('waits a little from one round to the next, however short, so that rounds are fuller', async () => {
    const time = Promise.withResolvers<void>();
    const { gathering, rounds, ends } = controlled({ sleep: () => time.promise });
    const first = gathering.add(1);
    ends[0]?.resolve();
    await first;
    const results = [2, 3].map((item) => gathering.add(item));
    expect(rounds).toEqual([[1]]);
    time.resolve();
    await expect.poll(() => rounds).toEqual([[1], [2, 3]]);
    ends[1]?.resolve();
    expect(await Promise.all(results)).toEqual([4, 6]);
  });

  it('rejects an item of a round, and no other', async () => {
    const { gathering, rounds, ends } = controlled();
    const results = [1, UNWANTED, 3].map((item) => gathering.add(item));
    ends[0]?.resolve();
    await expect.poll(() => rounds.length).toBe(2);
    ends[1]?.resolve();
    await expect(results[1]).rejects.toThrow('unwanted');
    expect(await results[2]).toBe(6);
  });

  it('is done once more in the next round, without a wait, where it has to come again', async () => {
    const never = new Promise<void>(() => undefined);
    const { gathering, rounds, ends } = controlled({
      sleep: () => (rounds.length === 0 ? Promise.resolve() : never),
    });
    const results = [1, 2, -3].map((item) => gathering.add(item));
    ends[0]?.resolve();
    await expect.poll(() => rounds.length).toBe(2);
    ends[1]?.resolve();
    await expect.poll(() => rounds).toEqual([[1], [2, -3], [-3]]);
    ends[2]?.resolve();
    expect(await Promise.all(results)).toEqual([2, 4, -6]);
  });

  it('rejects a round that comes to nothing', async () => {
    const { gathering, rounds, ends } = controlled();
    const result = gathering.add(-1);
    ends[0]?.resolve();
    await expect(result).rejects.toThrow('came to nothing');
    expect(rounds).toHaveLength(1);
  });

  it('rejects a round that fails as a whole, and goes on with the next', async () => {
    const { gathering, rounds, ends } = controlled();
    const [first, second] = [1, 2].map((item) => gathering.add(item));
    ends[0]?.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await expect.poll(() => rounds.length).toBe(2);
    ends[1]?.resolve();
    expect(await second).toBe(4);
    const third = gathering.add(3);
    await expect.poll(() => rounds.length).toBe(3);
    ends[2]?.resolve();
    expect(await third).toBe(6);
  });
});
