import { describe, expect, it } from 'vitest';
import { RungEvents } from './rung-events.ts';

describe('events rung by the sweep', () => {
  it('are not rung again for a minute, while younger ones are', () => {
    const rung = new RungEvents();
    rung.note([1, 2, 3], 1000);
    expect(rung.upTo(2000)).toBe(3);
    rung.note([4], 2000);
    expect(rung.upTo(60_999)).toBe(4);
    expect(rung.upTo(61_000)).toBe(0);
  });

  it('begin a new minute with each new round', () => {
    const rung = new RungEvents();
    rung.note([1], 1000);
    rung.upTo(61_000);
    rung.note([1], 61_000);
    expect([rung.upTo(61_001), rung.upTo(120_999), rung.upTo(121_000)]).toEqual([1, 1, 0]);
  });
});
