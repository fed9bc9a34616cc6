import { describe, expect, it } from 'vitest';
import { DOCUMENTED_LIMITS, Rate } from './rate.ts';

describe('the number limit', () => {
  it('lets 80 through in a second', () => {
    const rate = new Rate(DOCUMENTED_LIMITS);
    const second = Array.from({ length: 81 }, (_, index) => rate.admit(`${index}`, index * 10));
    expect(second.filter((excess) => excess === undefined)).toHaveLength(80);
    expect(second.at(-1)).toBe('number');
  });

  it('holds in any sliding second, not per clock second', () => {
    const rate = new Rate({ ...DOCUMENTED_LIMITS, numberPerSecond: 2 });
    expect(rate.admit('a', 900)).toBeUndefined();
    expect(rate.admit('b', 1_100)).toBeUndefined();
    expect(rate.admit('c', 1_899)).toBe('number');
    expect(rate.admit('c', 1_900)).toBeUndefined();
    expect(rate.admit('d', 2_099)).toBe('number');
    expect(rate.admit('d', 2_100)).toBeUndefined();
  });

  it('does not cost the recipient a token', () => {
    const rate = new Rate({ numberPerSecond: 1, pairBurst: 1, pairRefillMs: 60_000 });
    expect(rate.admit('a', 0)).toBeUndefined();
    expect(rate.admit('b', 10)).toBe('number');
    expect(rate.admit('b', 1_000)).toBeUndefined();
  });
});

describe('the pair limit', () => {
  it('lets 45 through at once and one more every six seconds', () => {
    const rate = new Rate({ ...DOCUMENTED_LIMITS, numberPerSecond: 1_000 });
    const burst = Array.from({ length: 46 }, () => rate.admit('a', 0));
    expect(burst.filter((excess) => excess === undefined)).toHaveLength(45);
    expect(burst.at(-1)).toBe('pair');
    expect(rate.admit('a', 5_999)).toBe('pair');
    expect(rate.admit('a', 6_000)).toBeUndefined();
    expect(rate.admit('a', 6_001)).toBe('pair');
  });

  it('never saves up more than the burst', () => {
    const rate = new Rate({ numberPerSecond: 1_000, pairBurst: 2, pairRefillMs: 1_000 });
    rate.admit('a', 0);
    const later = Array.from({ length: 3 }, () => rate.admit('a', 1_000_000));
    expect(later).toEqual([undefined, undefined, 'pair']);
  });

  it('does not count a refused message against the number', () => {
    const rate = new Rate({ numberPerSecond: 2, pairBurst: 1, pairRefillMs: 60_000 });
    rate.admit('a', 0);
    expect(rate.admit('a', 1)).toBe('pair');
    expect(rate.admit('b', 2)).toBeUndefined();
  });
});
