import type { ScheduleName } from '../webhooks/webhook.ts';
import { MAX_RETRY_AFTER_MS } from '../outbound/retry-after.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 13 attempts over four days. Close together at first, for a restart; then long enough for a weekend. */
const DEFAULT_SECONDS: readonly number[] = [
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
  1 * DAY,
  1 * DAY,
  1 * DAY,
];

/** The wait before each attempt, from the one before it, by the name of the schedule. */
export const SCHEDULES_SECONDS: Readonly<Record<ScheduleName, readonly number[]>> = {
  default: DEFAULT_SECONDS,
  // What is worth nothing after an hour should not come after it.
  short: [0, 5, 30, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 20 * MINUTE],
  // Past a week of holidays with a day to mend the receiver in.
  long: [...DEFAULT_SECONDS, 1 * DAY, 1 * DAY, 1 * DAY, 1 * DAY, 1 * DAY],
};

/** Deliveries that failed together do not come back together. Added, so no wait is ever cut short. */
const MAX_JITTER = 0.1;

export interface FailedSoFar {
  readonly schedule: ScheduleName;
  readonly attemptsMade: number;
  readonly nowMs: number;
  /** What the receiver asked for; taken for 24 h when longer. */
  readonly retryAfterMs?: number;
  /** From 0 to 1: where in the jitter this delivery falls. */
  readonly random: number;
}

/**
 * Says when a delivery is attempted next: after its schedule's wait or the receiver's `Retry-After`,
 * whichever is longer, and up to a tenth more.
 *
 * @returns milliseconds since the epoch; null when the schedule is exhausted
 */
export function nextAttempt(failed: FailedSoFar): number | null {
  const scheduledSeconds = SCHEDULES_SECONDS[failed.schedule][failed.attemptsMade];
  if (scheduledSeconds === undefined) return null;
  const askedMs = Math.min(failed.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  const waitMs = Math.max(scheduledSeconds * 1000, askedMs);
  return failed.nowMs + Math.ceil(waitMs * (1 + MAX_JITTER * failed.random));
}
