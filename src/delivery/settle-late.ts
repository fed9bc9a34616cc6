import { logError } from '../log.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import type { Delivery } from './event-item.ts';
import { settle } from './settle.ts';
import type { TryResult } from './try-delivery.ts';
import { endTurnBadly, endTurnWell } from './webhook-turn.ts';

/**
 * Records the outcome of an attempt that outlasted the fast lane's patience. It waits until the lane
 * has written the delivery's row; where that or this fails, the row comes due by itself and the
 * delivery is attempted again. The webhook's turn was taken `until` then. Never throws.
 */
export async function settleLate(
  delivery: Delivery,
  outcome: Promise<TryResult> | undefined,
  written: Promise<void>,
  until: number,
  deps: DeliveryDeps,
): Promise<void> {
  try {
    const result = await outcome;
    await written;
    if (result === undefined) return;
    const { id } = delivery.subscription;
    const now = deps.now();
    const end =
      result.verdict === 'delivered'
        ? endTurnWell(id, until, now, false)
        : endTurnBadly(id, until, now);
    await deps.stack.db.batch([...settle(delivery, result, 1, deps), ...end]);
    await deps.report({ webhooks: [id], nextAt: undefined });
  } catch (error) {
    const { event, subscription } = delivery;
    logError('settle_failed', error, {
      stack: deps.stack.config.name,
      webhook: subscription.id,
      seq: event.seq,
    });
  }
}
