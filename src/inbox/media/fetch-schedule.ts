/**
 * Why a file was not fetched: WABA refused to say where it is, did not answer, or the download did not
 * come through.
 */
export type FetchFailure = 'refused' | 'unanswered' | 'broken';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** WABA keeps an incoming file for seven days (360dialog: Upload, retrieve or delete media). */
const KEPT_MS = 7 * DAY_MS;

/** Waits after the first failure, the second, …; the last one repeats. */
const WAITS_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
];

/**
 * Refusals are few by contract (see fetch-media.ts). One quick repeat for a fault of a moment;
 * then one file leaves the rest of the number's allowance to the others.
 */
const WAITS_AFTER_REFUSAL_MS: readonly number[] = [
  30 * SECOND_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
];

/**
 * Returns when (milliseconds) a file is to be tried again that has failed `attempts` times by `now`,
 * or undefined where WABA will have deleted it by then. It came at `createdAt`; WABA's own
 * `retryAfterMs` is not undercut.
 */
export function nextFetchAt(failed: {
  failure: FetchFailure;
  attempts: number;
  createdAt: number;
  now: number;
  retryAfterMs?: number | undefined;
}): number | undefined {
  const waits = failed.failure === 'refused' ? WAITS_AFTER_REFUSAL_MS : WAITS_MS;
  const wait = waits[Math.min(failed.attempts, waits.length) - 1] ?? 0;
  const nextAt = failed.now + Math.max(wait, failed.retryAfterMs ?? 0);
  return nextAt < failed.createdAt + KEPT_MS ? nextAt : undefined;
}
