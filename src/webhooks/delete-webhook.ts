import { sql } from 'drizzle-orm';
import type { User } from '../auth/user.ts';
import type { StackContext } from '../store/open-stack.ts';
import { deleteDeliveries } from './delivery-rows.ts';
import { findRow } from './find-webhooks.ts';
import { deleteAttempts } from './log/attempt-log.ts';

/**
 * Deletes a webhook and what was still to be delivered to it. Throws `not_found` where there is none,
 * or it is somebody else's.
 */
export async function deleteWebhook(ctx: StackContext, actor: User, id: number): Promise<void> {
  await findRow(ctx, actor, id);
  await ctx.db.batch([
    deleteDeliveries(sql`webhook_id = ${id}`),
    deleteAttempts(sql`webhook_id = ${id}`),
    sql`delete from chat_queue where webhook_id = ${id}`,
    sql`delete from replays where webhook_id = ${id}`,
    sql`delete from webhooks where id = ${id}`,
  ]);
}
