import { sql } from 'drizzle-orm';
import type { User } from '../auth/user.ts';
import type { StackContext } from '../store/open-stack.ts';
import { findRow } from './find-webhooks.ts';

/**
 * Deletes a webhook and what was still to be delivered to it. Throws `not_found` where there is none,
 * or it is somebody else's.
 */
export async function deleteWebhook(ctx: StackContext, actor: User, id: number): Promise<void> {
  await findRow(ctx, actor, id);
  await ctx.db.batch([
    sql`delete from deliveries where webhook_id = ${id}`,
    // The newest row stays, or its number would be given out again.
    sql`delete from attempts where webhook_id = ${id} and n < (select max(n) from attempts)`,
    sql`delete from chat_queue where webhook_id = ${id}`,
    sql`delete from replays where webhook_id = ${id}`,
    sql`delete from webhooks where id = ${id}`,
  ]);
}
