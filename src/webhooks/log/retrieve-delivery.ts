import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import type { DeliveryKey } from '../chat-queue.ts';
import { listAttempts, type LoggedAttempt } from './list-attempts.ts';
import { selectLogged } from './log-queries.ts';
import { reachOf } from './log-reach.ts';
import { upTo } from './log-window.ts';
import { type LoggedDelivery, type LogRow, toLogged } from './logged-delivery.ts';

/**
 * Returns a delivery with its newest attempts, oldest first. Throws `not_found` where there is none, or
 * where its webhook is somebody else's.
 */
export async function retrieveDelivery(
  { db }: StackContext,
  actor: User,
  key: DeliveryKey,
): Promise<{ delivery: LoggedDelivery; attempts: LoggedAttempt[] }> {
  const delivery = await findDelivery(db, actor, key);
  return { delivery, attempts: await listAttempts(db, key) };
}

/** Returns a delivery. Throws as `retrieveDelivery` does. */
export async function findDelivery(
  db: Database,
  actor: User,
  { webhook_id, seq }: DeliveryKey,
): Promise<LoggedDelivery> {
  await reachOf(db, actor, webhook_id);
  const row = await db.first<LogRow>(
    selectLogged({
      scope: { webhookIds: [webhook_id], hasReceipts: true, from: upTo(seq), above: 0 },
      bounds: sql`select ${seq} as hi, ${seq} as lo`,
      filter: {},
      reader: actor,
      limit: 1,
    }),
  );
  if (row === undefined) throw notFound();
  return toLogged(row, actor, Date.now());
}
