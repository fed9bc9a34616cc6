import { logError } from '../log.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import type { Delivery } from './event-item.ts';
import type { Outcome } from './outcome.ts';
import { settle } from './settle.ts';

/**
 * Records the outcome of an attempt that outlasted the fast lane's patience. It waits until the lane
 * has written the delivery's row; where that or this fails, the row comes due by itself and the
 * delivery is attempted again. Never throws.
 */
export async function settleLate(
  delivery: Delivery,
  outcome: Promise<Outcome | null> | undefined,
  written: Promise<void>,
  deps: DeliveryDeps,
): Promise<void> {
  try {
    const result = await outcome;
    await written;
    if (result !== undefined) await deps.stack.db.batch(settle(delivery, result, 1, deps));
  } catch (error) {
    const { event, subscription } = delivery;
    logError('settle_failed', error, {
      stack: deps.stack.config.name,
      webhook: subscription.id,
      seq: event.seq,
    });
  }
}
