import { sql, type SQL } from 'drizzle-orm';
import { logError } from '../log.ts';
import { leaveQueue } from '../webhooks/chat-queue.ts';
import { NEVER_MS } from '../webhooks/enablement.ts';
import { afterFailure, type Failure, logFailure } from './after-failure.ts';
import { logAttempts } from './attempt-log.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { type LatestAttempt, latestOf } from './due-rows.ts';
import type { Delivery } from './event-item.ts';
import type { TryResult } from './try-delivery.ts';
import {
  disableWebhook,
  GIVEN_UP_REASON,
  isGivenUp,
  markReceived,
  noteFailure,
  noteSuccess,
} from './webhook-health.ts';
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
  const { id } = delivery.subscription;
  if (result.verdict === 'nothing') {
    return {
      statements: end(delivery, 'dropped', { attempts: attempts - 1 }, deps),
      isDisabled: false,
    };
  }
  if (result.verdict === 'several') {
    return { statements: [dueAt(delivery, deps.now())], isDisabled: false };
  }
  if (result.verdict === 'delivered' && result.hasMore) {
    return { statements: settlePart(delivery, result.record, attempts), isDisabled: false };
  }
  if (result.verdict === 'delivered') {
    const latest = { attempts, ...latestOf(result.record) };
    const statements = [
      ...end(delivery, 'delivered', latest, deps),
      ...logged(delivery, result.record, attempts),
      noteSuccess(id),
      ...markReceived([delivery]),
    ];
    return { statements, isDisabled: false };
  }
  return settleFailure(delivery, result, attempts, deps);
}

/**
 * A part has arrived, and others come after it. Their delivery is due as long as it was, for whoever has taken
 * it on; what the part took of the schedule is no matter of the next one's.
 */
function settlePart(
  { event, subscription, ...delivery }: Delivery,
  record: AttemptRecord,
  attempts: number,
): SQL[] {
  return [
    sql`update deliveries set part = ${record.part + 1}, attempts = 0, last_error = null,
        attempted_at = ${record.at}, status = ${record.status}, error = null, latency_ms = ${record.latency_ms}
      where webhook_id = ${subscription.id} and seq = ${event.seq} and state = 'due' and part = ${record.part}`,
    ...logged({ event, subscription, ...delivery }, record, attempts),
    noteSuccess(subscription.id),
  ];
}

/** The lane that sends parts is to take it on. */
function dueAt({ event, subscription }: Delivery, now: number): SQL {
  return sql`update deliveries set next_at = ${now}, attempts = 0
    where webhook_id = ${subscription.id} and seq = ${event.seq} and state = 'due'
      and exists (select 1 from webhooks where id = webhook_id and is_enabled = 1)`;
}

function settleFailure(
  delivery: Delivery,
  result: Failure,
  attempts: number,
  deps: DeliveryDeps,
): Settlement {
  const { event, subscription } = delivery;
  logFailure(delivery, result, attempts, deps);
  const next = afterFailure(delivery, result, attempts, deps);
  // A webhook that was paused during the attempt keeps its deliveries, but they are not due.
  const statements = [
    sql`update deliveries set state = ${next.state}, attempts = ${next.attempts}, last_error = ${next.last_error},
        attempted_at = coalesce(${next.attempted_at}, attempted_at), status = ${next.status},
        error = ${next.error}, latency_ms = ${next.latency_ms},
        next_at = iif((select is_enabled from webhooks where id = webhook_id) = 1, ${next.next_at}, ${NEVER_MS})
      where webhook_id = ${subscription.id} and seq = ${event.seq} and state = 'due'`,
  ];
  if (next.state === 'dead') statements.push(...leave(delivery, deps));
  if (!('record' in result)) return { statements, isDisabled: false };
  const now = deps.now();
  statements.push(
    ...logged(delivery, result.record, attempts),
    noteFailure(subscription.id, result.reason, now),
  );
  const reason = isGivenUp(subscription.failingSince, now) ? GIVEN_UP_REASON : undefined;
  const disabledFor = result.verdict === 'gone' ? result.reason : reason;
  if (disabledFor === undefined) return { statements, isDisabled: false };
  statements.push(...disableWebhook(subscription, disabledFor, now));
  return { statements, isDisabled: true };
}

function logged(
  { event, subscription, replayId }: Delivery,
  record: AttemptRecord,
  number: number,
): SQL[] {
  const key = { webhook_id: subscription.id, seq: event.seq, number, replay_id: replayId };
  return logAttempts([{ ...record, ...key }]);
}

function end(
  delivery: Delivery,
  state: 'delivered' | 'dropped',
  row: { attempts: number } & Partial<LatestAttempt>,
  deps: Pick<DeliveryDeps, 'now'>,
): SQL[] {
  const { event, subscription } = delivery;
  return [
    sql`update deliveries set state = ${state}, attempts = ${row.attempts},
        attempted_at = coalesce(${row.attempted_at ?? null}, attempted_at), status = ${row.status ?? null},
        error = null, latency_ms = ${row.latency_ms ?? null}
      where webhook_id = ${subscription.id} and seq = ${event.seq}`,
    ...leave(delivery, deps),
  ];
}

/** Also where the webhook had no order when it was read: it may have got one since. */
function leave({ event, subscription }: Delivery, { now }: Pick<DeliveryDeps, 'now'>): SQL[] {
  return leaveQueue({ webhook_id: subscription.id, seq: event.seq }, now());
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
