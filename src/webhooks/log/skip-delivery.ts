import { and, eq } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { deliveries } from '../../store/schema.ts';
import { leaveQueue, type DeliveryKey } from '../chat-queue.ts';
import type { LoggedDelivery } from './logged-delivery.ts';
import { findDelivery } from './retrieve-delivery.ts';

/**
 * Gives up a delivery that is due, and lets what waited behind it in its chats go at `now`
 * (milliseconds); returns it. An attempt that is under way still counts if it succeeds.
 *
 * Throws `not_found` where `actor` may not reach it, `conflict` where it is not due.
 */
export async function skipDelivery(
  ctx: StackContext,
  actor: User,
  key: DeliveryKey,
  now: number,
): Promise<LoggedDelivery> {
  const { db } = ctx;
  await findDelivery(db, actor, key);
  const [skipped] = await db.batch([
    query
      .update(deliveries)
      .set({ state: 'dropped' })
      .where(
        and(
          eq(deliveries.webhook_id, key.webhook_id),
          eq(deliveries.seq, key.seq),
          eq(deliveries.state, 'due'),
        ),
      )
      .returning({ seq: deliveries.seq }),
    ...leaveQueue(key, now),
  ]);
  if (skipped?.length === 0) {
    throw new WaypostError('conflict', 'Only a delivery that is due can be skipped.');
  }
  return findDelivery(db, actor, key);
}
