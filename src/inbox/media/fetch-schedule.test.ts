import { describe, expect, it } from 'vitest';
import { nextFetchAt, type FetchFailure } from './fetch-schedule.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const T0 = Date.UTC(2026, 10, 1);

/** The moments at which a file that always fails is tried, in milliseconds after it came. */
function attemptsOf(failure: FetchFailure): number[] {
  const moments: number[] = [];
  let now: number | undefined = T0;
  while (now !== undefined) {
    moments.push(now - T0);
    now = nextFetchAt({ failure, attempts: moments.length, createdAt: T0, now });
  }
  return moments;
}

describe('nextFetchAt', () => {
  it.each<FetchFailure>(['refused', 'unanswered', 'broken'])(
    'tries a file whose fetch is %s until its last hours at WABA, and not after them',
    (failure) => {
      const last = attemptsOf(failure).at(-1) ?? 0;
      expect(last).toBeLessThan(WEEK_MS);
      expect(last).toBeGreaterThan(WEEK_MS - 6 * HOUR_MS - 1);
    },
  );

  it('repeats soon what failed on the way', () => {
    expect(attemptsOf('broken').slice(0, 5)).toEqual([0, 5_000, 35_000, 155_000, 755_000]);
    expect(attemptsOf('unanswered').slice(0, 3)).toEqual([0, 5_000, 35_000]);
  });

  it('lets one file use up no more than three of the five refusals an hour has', () => {
    const moments = attemptsOf('refused');
    for (const start of moments) {
      const within = moments.filter((at) => at >= start && at <= start + HOUR_MS);
      expect(within.length).toBeLessThanOrEqual(3);
    }
  });

  it('waits as long as WABA asks for', () => {
    const failed = { failure: 'refused', attempts: 1, createdAt: T0, now: T0 } as const;
    expect(nextFetchAt({ ...failed, retryAfterMs: 90_000 })).toBe(T0 + 90_000);
    expect(nextFetchAt({ ...failed, retryAfterMs: 1_000 })).toBe(T0 + 30_000);
    expect(nextFetchAt({ ...failed, retryAfterMs: WEEK_MS })).toBeUndefined();
  });
});
