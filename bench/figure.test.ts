import { describe, expect, it } from 'vitest';
import { Figures } from './figure.ts';
import type { Measure } from './section.ts';

function figureOf(measure: Omit<Measure, 'name' | 'unit'>, ...values: number[]) {
  const figures = new Figures();
  for (const value of values) figures.record({ name: 'p95', unit: 'ms', ...measure }, value);
  return figures.list()[0];
}

describe('a figure', () => {
  it('is the median of its runs, with the least and the most', () => {
    expect(figureOf({}, 9, 2, 4)).toMatchObject({ median: 4, min: 2, max: 9, runs: [9, 2, 4] });
  });

  it('keeps its limit by its median', () => {
    expect(figureOf({ limit: { atMost: 4 } }, 9, 2, 4)?.isMet).toBe(true);
    expect(figureOf({ limit: { atMost: 3.9 } }, 9, 2, 4)?.isMet).toBe(false);
    expect(figureOf({ limit: { atLeast: 4 } }, 9, 2, 4)?.isMet).toBe(true);
    expect(figureOf({ limit: { atLeast: 4.1 } }, 9, 2, 4)?.isMet).toBe(false);
  });

  it('that is not a number keeps no limit, and without a limit is neither', () => {
    expect(figureOf({ limit: { atMost: 4 } }, NaN)?.isMet).toBe(false);
    expect(figureOf({}, 4)?.isMet).toBeUndefined();
  });

  it('stands where its measure first came', () => {
    const figures = new Figures();
    for (const name of ['b', 'a', 'b']) figures.record({ name, unit: '' }, 1);
    expect(figures.list().map(({ name }) => name)).toEqual(['b', 'a']);
  });
});
