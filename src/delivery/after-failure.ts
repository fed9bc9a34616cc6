import { log } from '../log.ts';
import { type AttemptState, NO_ATTEMPT } from '../webhooks/delivery-rows.ts';
import { nextAttempt } from './backoff.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { latestOf } from './due-rows.ts';
import type { Delivery } from './event-item.ts';
import type { TryResult } from './try-delivery.ts';

/** A result that is neither a success nor the end of the matter. */
export type Failure = Exclude<TryResult, { verdict: 'delivered' | 'nothing' | 'several' }>;

/** Where our own storage failed, the delivery is tried again after this. */
const UNREADABLE_WAIT_MS = 60_000;

/**
 * Says what becomes of a delivery after its `attempts`-th attempt failed: when it is due again, or
 * that it is dead, its schedule being used up. After a 410 it stays as it is, for the day on which its
 * webhook is enabled again. The schedule is the webhook's of now, whichever it had at the attempts before.
 */
export function afterFailure(
  { subscription }: Delivery,
  failure: Failure,
  attempts: number,
  deps: Pick<DeliveryDeps, 'now' | 'random'>,
): AttemptState {
  const now = deps.now();
  if (failure.verdict === 'unreadable') {
    const next_at = now + UNREADABLE_WAIT_MS;
    return { ...NO_ATTEMPT, state: 'due', attempts: attempts - 1, next_at, last_error: null };
  }
  const last_error = failure.reason;
  if (failure.verdict === 'lost') {
    const latest = { ...NO_ATTEMPT, error: 'lost' } as const;
    return { ...latest, state: 'dead', attempts: attempts - 1, next_at: now, last_error };
  }
  const retryAfterMs = failure.verdict === 'retry' ? failure.retryAfterMs : undefined;
  const dueAt = nextAttempt({
    schedule: subscription.schedule,
    attemptsMade: attempts,
    nowMs: now,
    random: deps.random(),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  const state = dueAt === null && failure.verdict !== 'gone' ? 'dead' : 'due';
  return { ...latestOf(failure.record), state, attempts, next_at: dueAt ?? now, last_error };
}

/** One line per failed attempt: ids and the reason, nothing of the payload. */
export function logFailure(
  { event, subscription }: Delivery,
  failure: Failure,
  attempt: number,
  { stack }: Pick<DeliveryDeps, 'stack'>,
): void {
  const record = 'record' in failure ? failure.record : undefined;
  log('attempt_failed', {
    stack: stack.config.name,
    webhook: subscription.id,
    seq: event.seq,
    attempt,
    verdict: failure.verdict,
    status: record?.status,
    error: record?.error,
    part: record?.part || undefined,
    latency_ms: record?.latency_ms,
    reason: 'reason' in failure ? failure.reason : undefined,
  });
}
