import type { SQL } from 'drizzle-orm';
import { logError } from '../log.ts';
import type { DeliveryKey } from '../webhooks/chat-queue.ts';
import { endDelivery, failDelivery, makeDueNow, nextPartOf } from '../webhooks/delivery-rows.ts';
import { afterFailure, type Failure, logFailure } from './after-failure.ts';
import type { LoggedAttempt } from '../webhooks/log/attempt-log.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { latestOf } from './due-rows.ts';
import type { Delivery } from './event-item.ts';
import { recordOutcomes } from './record-outcomes.ts';
import type { TryResult } from './try-delivery.ts';
import { GIVEN_UP_REASON, isGivenUp } from '../webhooks/webhook-health.ts';
import { endLease } from './webhook-lease.ts';

/** The statements that record the result of a try, and whether the webhook is disabled by it. */
interface Settlement {
  statements: SQL[];
  isDisabled: boolean;
}

/**
 * Records the result of the `attempts`-th attempt of a delivery that has a row. Written twice, it
 * changes nothing more. A late failure takes nothing back from a delivery that has come to its end
 * meanwhile.
 */
export function settle(
  delivery: Delivery,
  result: TryResult,
  attempts: number,
  deps: DeliveryDeps,
): Settlement {
  const key = keyOf(delivery);
  const now = deps.now();
  if (result.verdict === 'nothing') {
    const statements = endDelivery(key, 'dropped', { attempts: attempts - 1 }, now);
    return { statements, isDisabled: false };
  }
  if (result.verdict === 'several') {
    return { statements: [makeDueNow(key, now)], isDisabled: false };
  }
  if (result.verdict === 'delivered') {
    const { record, hasMore } = result;
    const latest = latestOf(record);
    const outcomes = {
      delivered: hasMore ? [] : [delivery],
      recovered: [key.webhook_id],
      attempts: [logged(delivery, record, attempts)],
    };
    const row = hasMore
      ? [nextPartOf(key, record.part, latest)]
      : endDelivery(key, 'delivered', { attempts, ...latest }, now);
    return { statements: [...row, ...recordOutcomes(outcomes, now)], isDisabled: false };
  }
  return settleFailure(delivery, result, attempts, deps);
}

function settleFailure(
  delivery: Delivery,
  result: Failure,
  attempts: number,
  deps: DeliveryDeps,
): Settlement {
  const { subscription } = delivery;
  const now = deps.now();
  logFailure(delivery, result, attempts, deps);
  const next = afterFailure(delivery, result, attempts, deps);
  const statements = failDelivery(keyOf(delivery), next, now);
  if (!('record' in result)) return { statements, isDisabled: false };
  const reason = isGivenUp(subscription.failingSince, now) ? GIVEN_UP_REASON : undefined;
  const disabledFor = result.verdict === 'gone' ? result.reason : reason;
  const learned = disabledFor === undefined ? {} : { disabledFor };
  const outcomes = {
    attempts: [logged(delivery, result.record, attempts)],
    failed: [{ subscription, error: result.reason, ...learned }],
  };
  statements.push(...recordOutcomes(outcomes, now));
  return { statements, isDisabled: disabledFor !== undefined };
}

function keyOf({ event, subscription }: Delivery): DeliveryKey {
  return { webhook_id: subscription.id, seq: event.seq };
}

function logged(delivery: Delivery, record: AttemptRecord, number: number): LoggedAttempt {
  return { ...record, ...keyOf(delivery), number, replay_id: delivery.replayId };
}

/**
 * Records the outcome of an attempt that outlasted the fast lane's patience. It waits until the lane
 * has written the delivery's row; where that or this fails, the row comes due by itself and the
 * delivery is attempted again. The webhook's lease was taken `until` then. Never throws.
 */
export async function settleLate(
  delivery: Delivery,
  outcome: Promise<TryResult> | undefined,
  written: Promise<void>,
  until: number,
  deps: DeliveryDeps,
): Promise<void> {
  const { event, subscription } = delivery;
  try {
    const result = await outcome;
    await written;
    if (result === undefined) return;
    const { statements, isDisabled } = settle(delivery, result, 1, deps);
    const release = { isPrompt: false, notBefore: null, rateWindow: null };
    await deps.stack.db.surely([...statements, endLease(subscription.id, until, release)]);
    if (isDisabled) await deps.announce();
    await deps.report({ webhooks: [subscription.id], nextAt: undefined });
  } catch (error) {
    logError('settle_failed', error, {
      stack: deps.stack.config.name,
      webhook: subscription.id,
      seq: event.seq,
    });
  }
}
