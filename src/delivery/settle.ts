import { sql, type SQL } from 'drizzle-orm';
import { NEVER_MS } from '../inbox/webhooks/enablement.ts';
import { afterFailure, logFailure } from './after-failure.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { disableWebhook } from './disable-webhook.ts';
import type { Delivery } from './event-item.ts';
import { markReceived } from './mark-received.ts';
import type { TryResult } from './try-delivery.ts';

/**
 * The statements that record the result of the `attempts`-th attempt of a delivery that has a row.
 * A late failure takes nothing back from a delivery that has come to its end meanwhile.
 */
export function settle(
  delivery: Delivery,
  result: TryResult,
  attempts: number,
  deps: DeliveryDeps,
): SQL[] {
  if (result.verdict === 'nothing') return [setState(delivery, 'dropped', attempts)];
  if (result.verdict === 'delivered') {
    return [setState(delivery, 'delivered', attempts), ...markReceived([delivery])];
  }
  const { event, subscription } = delivery;
  logFailure(delivery, result, attempts, deps);
  const next = afterFailure(delivery, result, attempts, deps);
  // A webhook that was paused during the attempt keeps its deliveries, but they are not due.
  const update = sql`
    update deliveries set state = ${next.state}, attempts = ${next.attempts}, last_error = ${next.last_error},
      next_at = iif((select is_enabled from webhooks where id = webhook_id) = 1, ${next.next_at}, ${NEVER_MS})
    where webhook_id = ${subscription.id} and seq = ${event.seq} and state = 'due'`;
  return result.verdict === 'gone'
    ? [update, ...disableWebhook(subscription, result.reason)]
    : [update];
}

function setState(
  { event, subscription }: Delivery,
  state: 'delivered' | 'dropped',
  attempts: number,
): SQL {
  return sql`update deliveries set state = ${state}, attempts = ${attempts}
    where webhook_id = ${subscription.id} and seq = ${event.seq}`;
}
