import { eq, sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { deliveries, events, webhooks } from '../../store/schema.ts';
import { CONTENTS_GONE, findContents } from '../../events/event.ts';
import { joinQueue, type DeliveryKey } from '../chat-queue.ts';
import { keptReceipts } from './kept-receipts.ts';
import type { LoggedDelivery } from './logged-delivery.ts';
import { findDelivery } from './retrieve-delivery.ts';

/**
 * Makes a delivery due at `now` (milliseconds), however it stands, and returns it. One that has come to
 * its end begins anew, with no attempt made and no longer as part of a replay, but where it is dead at the
 * part that failed; one that is due already keeps its count. Where the webhook gets its chats in order, it still waits for what comes before it.
 *
 * Throws `not_found` where `actor` may not reach it, `conflict` where its webhook is disabled or what
 * the event says is not stored any more.
 */
export async function retryDelivery(
  ctx: StackContext,
  actor: User,
  key: DeliveryKey,
  now: number,
): Promise<LoggedDelivery> {
  await findDelivery(ctx.db, actor, key);
  await requireContents(ctx, key.seq);
  const [made] = await ctx.db.batch([makeDue(key, now), ...joinQueue([key])]);
  if (made?.length === 0) {
    throw new WaypostError(
      'conflict',
      'The webhook is disabled: enable it first, then retry the delivery.',
    );
  }
  return findDelivery(ctx.db, actor, key);
}

async function requireContents({ db, files }: StackContext, seq: number): Promise<void> {
  const { id, body, extended, in_r2 } = events;
  const row = await db.first(
    query.select({ id, body, extended, in_r2 }).from(events).where(eq(events.seq, seq)),
  );
  const contents = row && (await findContents(files, row));
  if (!contents) throw new WaypostError('conflict', CONTENTS_GONE);
}

/**
 * The statement that makes a delivery due, where its webhook is enabled. An attempt that is under way
 * is not disturbed: until it has ended, nobody else has its webhook's turn, and how it ends decides
 * when the delivery is due. What succeeded at the first try gets its row here, with what its receipt
 * knows of the latest attempt.
 */
function makeDue({ webhook_id, seq }: DeliveryKey, now: number): SQL {
  return sql`
    insert into ${deliveries} (webhook_id, seq, state, attempts, next_at, attempted_at, status, latency_ms)
    select w.id, e.seq, 'due', 0, ${now}, r.value->>'at', r.value->>'status', r.value->>'ms'
    from ${webhooks} w join ${events} e on e.seq = ${seq}
      left join json_each(${keptReceipts()}) r on r.value->>'webhook' = w.id
    where w.id = ${webhook_id} and w.is_enabled = 1
    on conflict (webhook_id, seq) do update set
      state = 'due', next_at = excluded.next_at,
      attempts = iif(deliveries.state = 'due', deliveries.attempts, 0),
      replay_id = iif(deliveries.state = 'due', deliveries.replay_id, null),
      part = iif(deliveries.state in ('due', 'dead'), deliveries.part, 0)
    returning seq`;
}
