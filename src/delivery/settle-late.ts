import { logError } from '../log.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import type { Delivery } from './event-item.ts';
import { settle } from './settle.ts';
import type { TryResult } from './try-delivery.ts';
import { endTurn } from './webhook-turn.ts';

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
  const { event, subscription } = delivery;
  try {
    const result = await outcome;
    await written;
    if (result === undefined) return;
    const { statements, isDisabled } = settle(delivery, result, 1, deps);
    const end = { isPrompt: false, notBefore: null, rateWindow: null };
    await deps.stack.db.surely([...statements, endTurn(subscription.id, until, end)]);
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
