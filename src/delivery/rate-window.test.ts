import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RateLimit } from '../webhooks/webhook.ts';
import {
  countAttempt,
  freeAt,
  readRateWindow,
  writeRateWindow,
  type RateSlot,
} from './rate-window.ts';

/** How long a request takes, and when in that time it is received. */
type Travel = readonly [tookMs: number, receivedMs: number];

const travel = fc
  .tuple(fc.nat(79), fc.nat(79))
  .map(([one, other]): Travel => [Math.max(one, other), Math.min(one, other)]);

/** Makes attempts as fast as the limit allows; returns when each was received (milliseconds). */
function receipts(limit: RateLimit, travels: readonly Travel[]): number[] {
  let window: RateSlot[] = [];
  let now = 1_760_000_000_000;
  const times: number[] = [];
  for (const [tookMs, receivedMs] of travels) {
    const startedAt = freeAt(window, limit, now);
    times.push(startedAt + receivedMs);
    now = startedAt + tookMs;
    window = countAttempt(window, limit, now);
  }
  return times;
}

describe('a rate limit', () => {
  it.each<[RateLimit]>([
    [{ count: 1, perMs: 1_000 }],
    [{ count: 10, perMs: 1_000 }],
    [{ count: 50, perMs: 1_000 }],
    [{ count: 7, perMs: 60_000 }],
    [{ count: 600, perMs: 60_000 }],
  ])('of %o is not exceeded in any window, however long requests travel', (limit) => {
    const length = 4 * limit.count + 5;
    const travels = fc.array(travel, { minLength: length, maxLength: length, size: 'max' });
    const isKept = fc.property(travels, (all) => {
      const times = receipts(limit, all);
      for (const [index, time] of times.entries()) {
        const next = times[index + limit.count] ?? Infinity;
        expect(next - time).toBeGreaterThanOrEqual(limit.perMs);
      }
    });
    fc.assert(isKept, { numRuns: 20 });
  });

  it('is used for the most part where the receiver answers at once', () => {
    const limit = { count: 20, perMs: 1_000 };
    const times = receipts(
      limit,
      Array.from({ length: 401 }, (): Travel => [0, 0]),
    );
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
