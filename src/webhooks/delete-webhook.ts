import { and, eq, sql } from 'drizzle-orm';
import type { User } from '../auth/user.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query } from '../store/query.ts';
import { attempts, chat_queue, deliveries, replays, webhooks } from '../store/schema.ts';
import { findRow } from './find-webhooks.ts';

/**
 * Deletes a webhook and what was still to be delivered to it. Throws `not_found` where there is none,
 * or it is somebody else's.
 */
export async function deleteWebhook(ctx: StackContext, actor: User, id: number): Promise<void> {
  await findRow(ctx, actor, id);
  await ctx.db.batch([
    query.delete(deliveries).where(eq(deliveries.webhook_id, id)),
    // The newest row stays, or its number would be given out again.
    query
      .delete(attempts)
      .where(
        and(
          eq(attempts.webhook_id, id),
          sql`${attempts.n} < (select max(${attempts.n}) from ${attempts})`,
        ),
      ),
    query.delete(chat_queue).where(eq(chat_queue.webhook_id, id)),
    query.delete(replays).where(eq(replays.webhook_id, id)),
    query.delete(webhooks).where(eq(webhooks.id, id)),
  ]);
}
