import { log } from '../log.ts';
import { nextAttempt } from './backoff.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import type { Delivery } from './event-item.ts';
import type { DueRow } from './ledger.ts';
import type { Outcome } from './outcome.ts';

/** An outcome that is no success. */
export type Failure = Exclude<Outcome, { verdict: 'delivered' }>;

/**
 * Says what becomes of a delivery after its `attempts`-th attempt failed: when it is due again, or
 * that it is dead, its schedule being used up. After a 410 it stays as it is, for the day on which its
 * webhook is enabled again.
 */
export function afterFailure(
  failure: Failure,
  attempts: number,
  deps: Pick<DeliveryDeps, 'now' | 'random'>,
): Omit<DueRow, 'webhook_id' | 'seq'> {
  const now = deps.now();
  const retryAfterMs = failure.verdict === 'retry' ? failure.retryAfterMs : undefined;
  const dueAt = nextAttempt({
    attemptsMade: attempts,
    nowMs: now,
    random: deps.random(),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
  const isOver = dueAt === null && failure.verdict !== 'gone';
  return {
    state: isOver ? 'dead' : 'due',
    attempts,
    next_at: dueAt ?? now,
    last_error: failure.reason,
  };
}

/** One line per failed attempt: ids and the reason, nothing of the payload. */
export function logFailure(
  { event, subscription }: Delivery,
  reason: string,
  attempt: number,
  { stack }: Pick<DeliveryDeps, 'stack'>,
): void {
  log('attempt_failed', {
    stack: stack.config.name,
    webhook: subscription.id,
    seq: event.seq,
    attempt,
    reason,
  });
}
