import { MAX_RETRY_AFTER_MS } from './retry-after.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * The wait before each attempt, from the one before it: 13 attempts over four days. Close together
 * at first, for a restart; then long enough for a weekend.
 */
export const DEFAULT_SCHEDULE_SECONDS: readonly number[] = [
  0,
  5,
  30,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  1 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
  24 * HOUR,
  24 * HOUR,
];

/** Deliveries that failed together do not come back together. Added, so no wait is ever cut short. */
const MAX_JITTER = 0.1;

export interface FailedSoFar {
  readonly attemptsMade: number;
  readonly nowMs: number;
  /** What the receiver asked for; taken for 24 h when longer. */
  readonly retryAfterMs?: number;
  /** From 0 to 1: where in the jitter this delivery falls. */
  readonly random: number;
}

/**
 * Says when a delivery is attempted next: after the schedule's wait or the receiver's `Retry-After`,
 * whichever is longer, and up to a tenth more.
 *
 * @returns milliseconds since the epoch; null when the schedule is exhausted
 */
export function nextAttempt(failed: FailedSoFar): number | null {
  const scheduledSeconds = DEFAULT_SCHEDULE_SECONDS[failed.attemptsMade];
  if (scheduledSeconds === undefined) return null;
  const askedMs = Math.min(failed.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  const waitMs = Math.max(scheduledSeconds * 1000, askedMs);
  return failed.nowMs + Math.ceil(waitMs * (1 + MAX_JITTER * failed.random));
}
