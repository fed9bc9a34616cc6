import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../inbox/webhooks/webhook.ts';
import {
  countAttempt,
  freeAt,
  readRateWindow,
  writeRateWindow,
  type RateSlot,
} from './rate-window.ts';

/** Makes attempts as fast as the limit allows; returns when each was received (milliseconds). */
function receipts(limit: RateLimit, count: number, random: () => number): number[] {
  let window: RateSlot[] = [];
  let now = 1_760_000_000_000;
  const times: number[] = [];
  for (let made = 0; made < count; made += 1) {
    const startedAt = freeAt(window, limit, now);
    const tookMs = Math.floor(random() * 80);
    times.push(startedAt + random() * tookMs);
    now = startedAt + tookMs;
    window = countAttempt(window, limit, now);
  }
  return times;
}

/** Numbers from 0 up to 1 that look random and are the same each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('a rate limit', () => {
  it.each<[RateLimit]>([
    [{ count: 1, perMs: 1_000 }],
    [{ count: 10, perMs: 1_000 }],
    [{ count: 50, perMs: 1_000 }],
    [{ count: 7, perMs: 60_000 }],
    [{ count: 600, perMs: 60_000 }],
  ])('of %o is not exceeded in any window, however long requests travel', (limit) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const times = receipts(limit, 4 * limit.count + 5, seeded(seed));
      for (const [index, time] of times.entries()) {
        const next = times[index + limit.count] ?? Infinity;
        expect(next - time).toBeGreaterThanOrEqual(limit.perMs);
      }
    }
  });

  it('is used for the most part where the receiver answers at once', () => {
    const limit = { count: 20, perMs: 1_000 };
    const times = receipts(limit, 401, () => 0.01);
    const tookMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
    expect(tookMs).toBeLessThan(20 * 1_000 * 1.1);
  });

  it('is free again when its time has passed', () => {
    const limit = { count: 1, perMs: 1_000 };
    const window = countAttempt([], limit, 10_000);
    expect(freeAt(window, limit, 10_000)).toBe(11_050);
    expect(freeAt(window, limit, 11_050)).toBe(11_050);
    expect(countAttempt(window, limit, 12_000)).toHaveLength(1);
  });

  it('is remembered in the row of the webhook', () => {
    const window = countAttempt([], { count: 5, perMs: 1_000 }, 10_000);
    expect(readRateWindow(writeRateWindow(window))).toEqual(window);
    expect(readRateWindow(null)).toEqual([]);
  });
});
