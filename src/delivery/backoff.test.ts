import { describe, expect, it } from 'vitest';
import { DEFAULT_SCHEDULE_SECONDS, nextAttempt } from './backoff.ts';

const NOW_MS = 1_795_000_000_000;
const HOUR_MS = 3_600_000;

describe('DEFAULT_SCHEDULE_SECONDS', () => {
  it('is 13 attempts: at once, 5 s, 30 s, 2 min, 10 min, 30 min, 1, 3, 6, 12 h, then daily', () => {
    expect(DEFAULT_SCHEDULE_SECONDS).toEqual([
      0, 5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400, 86_400,
    ]);
  });

  it('spans about four days', () => {
    const days = DEFAULT_SCHEDULE_SECONDS.reduce((sum, wait) => sum + wait, 0) / 86_400;
    expect(days).toBeGreaterThan(3.9);
    expect(days).toBeLessThan(4.1);
  });
});

describe('nextAttempt', () => {
  it('makes the first attempt at once', () => {
    expect(nextAttempt({ attemptsMade: 0, nowMs: NOW_MS, random: 1 })).toBe(NOW_MS);
  });

  it.each([
    [1, 5_000],
    [2, 30_000],
    [3, 2 * 60_000],
    [4, 10 * 60_000],
    [5, 30 * 60_000],
    [6, 1 * HOUR_MS],
    [7, 3 * HOUR_MS],
    [8, 6 * HOUR_MS],
    [9, 12 * HOUR_MS],
    [10, 24 * HOUR_MS],
    [11, 24 * HOUR_MS],
    [12, 24 * HOUR_MS],
  ])('after %i attempts waits %i ms and up to a tenth more', (attemptsMade, waitMs) => {
    const dueWith = (random: number) => nextAttempt({ attemptsMade, nowMs: NOW_MS, random });
    expect(dueWith(0)).toBe(NOW_MS + waitMs);
    expect(dueWith(0.5)).toBe(NOW_MS + waitMs * 1.05);
    expect(dueWith(1)).toBe(NOW_MS + Math.ceil(waitMs * 1.1));
  });

  it('gives up after the 13th attempt', () => {
    expect(nextAttempt({ attemptsMade: 13, nowMs: NOW_MS, random: 0 })).toBeNull();
    expect(
      nextAttempt({ attemptsMade: 13, nowMs: NOW_MS, retryAfterMs: 1_000, random: 0 }),
    ).toBeNull();
  });

  it('waits for a Retry-After that is longer than the schedule', () => {
    const failed = { attemptsMade: 1, nowMs: NOW_MS, retryAfterMs: 600_000 };
    expect(nextAttempt({ ...failed, random: 0 })).toBe(NOW_MS + 600_000);
    expect(nextAttempt({ ...failed, random: 1 })).toBe(NOW_MS + 660_000);
  });

  it('keeps to the schedule when Retry-After is shorter', () => {
    const failed = { attemptsMade: 4, nowMs: NOW_MS, retryAfterMs: 1_000 };
    expect(nextAttempt({ ...failed, random: 0 })).toBe(NOW_MS + 600_000);
  });

  it('takes a Retry-After of a week for one of 24 hours', () => {
    const failed = { attemptsMade: 1, nowMs: NOW_MS, retryAfterMs: 7 * 24 * HOUR_MS };
    expect(nextAttempt({ ...failed, random: 0 })).toBe(NOW_MS + 24 * HOUR_MS);
  });

  it('gives a whole number of milliseconds, never below the wait', () => {
    const due = nextAttempt({ attemptsMade: 1, nowMs: NOW_MS, random: 0.123_456_789 });
    expect(due).toBe(NOW_MS + 5_062);
  });
});
