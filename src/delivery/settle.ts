import { sql, type SQL } from 'drizzle-orm';
import { markDelivered } from '../inbox/chats/marks.ts';
import { NEVER_MS } from '../inbox/webhooks/enablement.ts';
import { afterFailure, logFailure } from './after-failure.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import type { Delivery } from './event-item.ts';
import { disable } from './ledger.ts';
import type { TryResult } from './try-delivery.ts';

/** The statements that record the result of the `attempts`-th attempt of a delivery that has a row. */
export function settle(
  delivery: Delivery,
  result: TryResult,
  attempts: number,
  deps: DeliveryDeps,
): SQL[] {
  if (result.verdict === 'nothing') return [setState(delivery, 'dropped', attempts)];
  if (result.verdict === 'delivered') {
    return [setState(delivery, 'delivered', attempts), ...markReceived(delivery)];
  }
  const { event, subscription } = delivery;
  logFailure(delivery, result, attempts, deps);
  const next = afterFailure(delivery, result, attempts, deps);
  // A webhook that was paused during the attempt keeps its deliveries, but they are not due.
  const update = sql`
    update deliveries set state = ${next.state}, attempts = ${next.attempts}, last_error = ${next.last_error},
      next_at = iif((select is_enabled from webhooks where id = webhook_id) = 1, ${next.next_at}, ${NEVER_MS})
    where webhook_id = ${subscription.id} and seq = ${event.seq}`;
  return result.verdict === 'gone' ? [update, ...disable(subscription, result.reason)] : [update];
}

/** A delivered message is received by the webhook's user (spec: "Messages marked as received"). */
function markReceived({ event, subscription }: Delivery): SQL[] {
  if (!event.hasIncoming) return [];
  return [markDelivered([{ user_id: subscription.userId, message_ids: [...event.incoming] }])];
}

function setState(
  { event, subscription }: Delivery,
  state: 'delivered' | 'dropped',
  attempts: number,
): SQL {
  return sql`update deliveries set state = ${state}, attempts = ${attempts}
    where webhook_id = ${subscription.id} and seq = ${event.seq}`;
}
