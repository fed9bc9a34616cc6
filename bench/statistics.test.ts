import { describe, expect, it } from 'vitest';
import { median, mostWithin, percentile, slope } from './statistics.ts';

describe('a percentile', () => {
  it('is the smallest value that so many do not exceed', () => {
    const values = [5, 1, 4, 2, 3];
    expect(percentile(values, 0.5)).toBe(3);
    expect(percentile(values, 0.8)).toBe(4);
    expect(percentile(values, 0.81)).toBe(5);
    expect(percentile(values, 0)).toBe(1);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('takes an answer that never came for the slowest', () => {
    expect(percentile([1, NaN, 2], 0.5)).toBe(2);
    expect(percentile([1, NaN, 2], 0.99)).toBe(Infinity);
  });

  it('of nothing is no number', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('a median', () => {
  it('is the middle, or lies between the two in the middle', () => {
    expect(median([30, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe('a slope', () => {
  it('is the growth per unit', () => {
    expect(
      slope([
        [0, 1],
        [1, 3],
        [2, 5],
      ]),
    ).toBe(2);
    expect(
      slope([
        [10, 4],
        [20, 4],
        [30, 4],
      ]),
    ).toBe(0);
  });

  it('evens out what scatters', () => {
    expect(
      slope([
        [0, 0],
        [1, 3],
        [2, 1],
        [3, 4],
      ]),
    ).toBeCloseTo(1);
  });

  it('of less than two points is no number', () => {
    expect(slope([[1, 1]])).toBeNaN();
    expect(slope([])).toBeNaN();
  });
});

describe('the most within a span', () => {
  it('counts in every window, not in fixed ones', () => {
    expect(mostWithin([0, 900, 1000, 1100, 1899], 1000)).toBe(4);
  });

  it('excludes the end of the span', () => {
    expect(mostWithin([0, 1000], 1000)).toBe(1);
    expect(mostWithin([0, 999], 1000)).toBe(2);
  });

  it('is none of nothing', () => {
    expect(mostWithin([], 1000)).toBe(0);
  });
});
