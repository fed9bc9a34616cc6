import { describe, expect, it } from 'vitest';
import type { ScheduleName } from '../webhooks/webhook.ts';
import { nextAttempt, SCHEDULES_SECONDS } from './backoff.ts';

const NOW_MS = 1_795_000_000_000;
const HOUR_MS = 3_600_000;
/** What a failure of a webhook without a schedule of its own has in common with others. */
const FAILED = { schedule: 'default', nowMs: NOW_MS } as const;

const NAMES: readonly ScheduleName[] = ['default', 'short', 'long'];

describe('the schedules', () => {
  it.each<[ScheduleName, number[]]>([
    ['default', [0, 5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400, 86_400]],
    ['short', [0, 5, 30, 120, 300, 600, 1_200, 1_200]],
    [
      'long',
      [
        0, 5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400, 86_400, 86_400,
        86_400, 86_400, 86_400, 86_400,
      ],
    ],
  ])('%s waits these seconds before its attempts', (name, seconds) => {
    expect(SCHEDULES_SECONDS[name]).toEqual(seconds);
  });

  it.each<[ScheduleName, string, number, number]>([
    ['short', 'about an hour', 0.9, 1.1],
    ['default', 'about four days', 3.9 * 24, 4.1 * 24],
    ['long', 'more than eight days', 8 * 24, 9 * 24],
  ])('%s spans %s', (name, _span, leastHours, mostHours) => {
    const hours = SCHEDULES_SECONDS[name].reduce((sum, wait) => sum + wait, 0) / 3_600;
    expect(hours).toBeGreaterThan(leastHours);
    expect(hours).toBeLessThan(mostHours);
  });

  it.each(NAMES)('%s begins at once and never waits less than the time before', (name) => {
    const waits = SCHEDULES_SECONDS[name];
    expect(waits[0]).toBe(0);
    expect(waits.toSorted((a, b) => a - b)).toEqual(waits);
  });
});

describe('nextAttempt', () => {
  it('makes the first attempt at once', () => {
    expect(nextAttempt({ ...FAILED, attemptsMade: 0, random: 1 })).toBe(NOW_MS);
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
    const dueWith = (random: number) => nextAttempt({ ...FAILED, attemptsMade, random });
    expect(dueWith(0)).toBe(NOW_MS + waitMs);
    expect(dueWith(0.5)).toBe(NOW_MS + waitMs * 1.05);
    expect(dueWith(1)).toBe(NOW_MS + Math.ceil(waitMs * 1.1));
  });

  it('gives up after the 13th attempt', () => {
    expect(nextAttempt({ ...FAILED, attemptsMade: 13, random: 0 })).toBeNull();
    expect(nextAttempt({ ...FAILED, attemptsMade: 13, retryAfterMs: 1_000, random: 0 })).toBeNull();
  });

  it.each<[ScheduleName, number, number]>([
    ['short', 8, 20 * 60_000],
    ['default', 13, 24 * HOUR_MS],
    ['long', 18, 24 * HOUR_MS],
  ])('makes, by the %s schedule, %i attempts and no more', (schedule, attempts, lastWaitMs) => {
    const failed = { schedule, nowMs: NOW_MS, random: 0 };
    expect(nextAttempt({ ...failed, attemptsMade: attempts - 1 })).toBe(NOW_MS + lastWaitMs);
    expect(nextAttempt({ ...failed, attemptsMade: attempts })).toBeNull();
  });

  it('waits for a Retry-After that is longer than the schedule', () => {
    const failed = { ...FAILED, attemptsMade: 1, retryAfterMs: 600_000 };
    expect(nextAttempt({ ...failed, random: 0 })).toBe(NOW_MS + 600_000);
    expect(nextAttempt({ ...failed, random: 1 })).toBe(NOW_MS + 660_000);
  });

  it('keeps to the schedule when Retry-After is shorter', () => {
    const failed = { ...FAILED, attemptsMade: 4, retryAfterMs: 1_000 };
    expect(nextAttempt({ ...failed, random: 0 })).toBe(NOW_MS + 600_000);
  });

  it('takes a Retry-After of a week for one of 24 hours', () => {
    const failed = { ...FAILED, attemptsMade: 1, retryAfterMs: 7 * 24 * HOUR_MS };
    expect(nextAttempt({ ...failed, random: 0 })).toBe(NOW_MS + 24 * HOUR_MS);
  });

  it('gives a whole number of milliseconds, never below the wait', () => {
    const due = nextAttempt({ ...FAILED, attemptsMade: 1, random: 0.123_456_789 });
    expect(due).toBe(NOW_MS + 5_062);
  });
});
