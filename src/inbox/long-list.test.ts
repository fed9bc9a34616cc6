import { describe, expect, it } from 'vitest';
import { asLongList, asLongPart, type Counted, MAX_COUNTED } from './long-list.ts';

const LIMIT = 20;

/** What a list of so many items says at each part, as it counts by `counted`. */
function partsOf(total: number, counted: (total: number) => Counted, limit = LIMIT) {
  const parts = [];
  for (let offset = 0; ; offset += limit) {
    const rows = Array.from({ length: Math.min(limit + 1, Math.max(0, total - offset)) }, () => 0);
    const part = asLongList(rows, [counted(total)], { limit, offset });
    parts.push({ offset, ...part });
    if (!part.hasNext) return parts;
  }
}

const exactly = (count: number): Counted => ({ count });
const bounded = (total: number): Counted => ({
  count: Math.min(total, MAX_COUNTED),
  most: total * 3,
});
/** As a search may know too little. */
const tooFew = (total: number): Counted => ({ count: Math.min(7, total), most: total * 3 });

describe('the count of a list', () => {
  it.each([
    ['counted', exactly],
    ['counted so far', bounded],
    ['looked through', tooFew],
  ])('is never smaller than what paging reaches where it was %s', (_, counted) => {
    for (const total of [0, 1, LIMIT, LIMIT + 1, 999, 1_000, 1_001, 2_500]) {
      const parts = partsOf(total, counted);
      expect(parts.map(({ items }) => items.length).reduce((a, b) => a + b)).toBe(total);
      const isEarly = parts.map(({ count, offset, items, hasNext }) =>
        hasNext ? count <= offset + items.length : count !== total,
      );
      expect(isEarly).not.toContain(true);
    }
  });

  it.each([exactly, bounded])('says so from the first part on', (counted) => {
    for (const total of [21, 999, 1_000, 1_001, 2_500]) {
      const counts = partsOf(total, counted).map(({ count }) => count);
      expect(Math.min(...counts)).toBe(total);
    }
  });

  it('is right up to a thousand, and above where it is kept', () => {
    for (const total of [21, 500, 999]) {
      for (const { count } of partsOf(total, bounded)) expect(count).toBe(total);
    }
    for (const { count } of partsOf(2_500, exactly)) expect(count).toBe(2_500);
  });

  it('does not grow for who asks beyond the end', () => {
    expect(asLongList([], [{ count: 3 }], { limit: LIMIT, offset: 40 }).count).toBe(3);
    expect(asLongList([], [bounded(2_000)], { limit: LIMIT, offset: 2_000 }).count).toBe(2_000);
  });

  it('is that of all that is found where that is one list', () => {
    const ids = Array.from({ length: 1_021 }, (_, index) => index);
    expect(asLongPart(ids.slice(0, 30), { limit: 20, offset: 0 }, 9_000).count).toBe(30);
    expect(asLongPart(ids, { limit: 20, offset: 0 }, 9_000)).toMatchObject({
      count: 9_000,
      hasNext: true,
    });
    expect(asLongPart(ids, { limit: 20, offset: 1_001 }, 9_000)).toMatchObject({
      count: 1_021,
      hasNext: false,
    });
  });
});
