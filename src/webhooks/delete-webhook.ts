import { eq, sql } from 'drizzle-orm';
import type { User } from '../auth/user.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query } from '../store/query.ts';
import { chat_queue, replays, webhooks } from '../store/schema.ts';
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
    query.delete(chat_queue).where(eq(chat_queue.webhook_id, id)),
    query.delete(replays).where(eq(replays.webhook_id, id)),
    query.delete(webhooks).where(eq(webhooks.id, id)),
  ]);
}
