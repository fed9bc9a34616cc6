import { describe, expect, it } from 'vitest';
import { nextStart } from './next-start.ts';

describe('whose page is read next', () => {
  it('is nobody’s where nobody is behind', () => {
    expect(nextStart([], 0)).toBeUndefined();
  });

  it.each<[string, number[], number, number]>([
    ['begins with those who miss least', [10, 9_000], Infinity, 9_000],
    ['goes on to those who miss more', [10, 4_000, 9_025], 9_000, 4_000],
    ['begins anew after those who miss most', [35, 4_000, 9_025], 10, 9_025],
    ['lets those who miss nearly the same share their pages', [400, 10, 510], Infinity, 10],
    ['reads on for the only one', [35], 10, 35],
  ])('%s', (_promise, positions, last, start) => {
    expect(nextStart(positions, last)).toBe(start);
  });

  it('lets everyone arrive, and one who misses little after a few pages', () => {
    const newest = 10_000;
    const positions = [0, 9_900, 3_000];
    const arrived: number[] = [];
    let last = Infinity;
    for (let pages = 1; pages <= 1_000; pages += 1) {
      const behind = positions.filter((position) => position < newest);
      const start = nextStart(behind, last);
      if (start === undefined) break;
      last = start;
      const index = positions.indexOf(start);
      positions[index] = start + 25;
      if (start + 25 >= newest) arrived.push(pages);
    }
    expect(positions.every((position) => position >= newest)).toBe(true);
    expect(arrived[0]).toBeLessThanOrEqual(4 * 3);
  });
});
