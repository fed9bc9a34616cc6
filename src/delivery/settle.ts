import { sql, type SQL } from 'drizzle-orm';
import { markDelivered } from '../inbox/chats/marks.ts';
import { afterFailure, logFailure } from './after-failure.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import type { Delivery } from './event-item.ts';
import { disable } from './ledger.ts';
import type { Outcome } from './outcome.ts';

/**
 * The statements that record the outcome of the `attempts`-th attempt of a delivery that has a row.
 * A null outcome means that nothing of the event was left for the webhook.
 */
export function settle(
  delivery: Delivery,
  outcome: Outcome | null,
  attempts: number,
  deps: DeliveryDeps,
): SQL[] {
  const { event, subscription } = delivery;
  if (outcome === null) return [setState(delivery, 'dropped', attempts)];
  if (outcome.verdict === 'delivered') {
    const marks = event.hasIncoming
      ? [markDelivered([{ user_id: subscription.userId, message_ids: [...event.incoming] }])]
      : [];
    return [setState(delivery, 'delivered', attempts), ...marks];
  }
  logFailure(delivery, outcome.reason, attempts, deps);
  const next = afterFailure(outcome, attempts, deps);
  const update = sql`
    update deliveries set state = ${next.state}, attempts = ${attempts}, next_at = ${next.next_at},
      last_error = ${next.last_error}
    where webhook_id = ${subscription.id} and seq = ${event.seq}`;
  return outcome.verdict === 'gone'
    ? [update, ...disable(subscription.id, outcome.reason)]
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
