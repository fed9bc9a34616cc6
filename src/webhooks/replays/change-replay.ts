import { and, eq, or, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query, type Statement } from '../../store/query.ts';
import { chat_queue, deliveries, replays, webhooks } from '../../store/schema.ts';
import { hasPredecessor } from '../chat-queue.ts';
import { NEVER_MS } from '../enablement.ts';
import { readReplay, retrieveReplay } from './find-replays.ts';
import type { Replay } from './replay.ts';

/** What can be done to a replay. */
export const REPLAY_CHANGES = ['pause', 'resume', 'cancel'] as const;
export type ReplayChange = (typeof REPLAY_CHANGES)[number];

/** What a replay is afterwards, and what it cannot have been before. */
const OUTCOMES = {
  pause: { state: 'paused', problem: 'It has ended.' },
  resume: { state: 'running', problem: 'It has ended.' },
  cancel: { state: 'cancelled', problem: 'It has ended, and nothing of it is pending.' },
} as const satisfies Record<ReplayChange, { state: Replay['state']; problem: string }>;

/**
 * Pauses, resumes or cancels a replay and returns it; what it is already it stays. A pause makes nothing
 * more due, but what is due still goes. Cancelling also drops what was not attempted yet. Throws
 * `not_found` where `actor` may not reach it and `conflict` where it has come to its end.
 */
export async function changeReplay(
  ctx: StackContext,
  actor: User,
  webhookId: number,
  id: number,
  change: ReplayChange,
): Promise<Replay> {
  const { state } = await retrieveReplay(ctx, actor, webhookId, id);
  const { state: wanted, problem } = OUTCOMES[change];
  if (state === wanted) return readReplay(ctx.db, webhookId, id);
  await ctx.db.batch(change === 'cancel' ? cancel(webhookId, id) : [turn(id, change)]);
  const changed = await readReplay(ctx.db, webhookId, id);
  if (changed.state !== wanted) throw new WaypostError('conflict', problem);
  return changed;
}

function turn(id: number, change: 'pause' | 'resume'): Statement {
  const from = change === 'pause' ? 'running' : 'paused';
  return query
    .update(replays)
    .set(change === 'pause' ? { state: 'paused' } : { state: 'running', next_at: Date.now() })
    .where(and(eq(replays.id, id), eq(replays.state, from)));
}

/** An attempt under way is not called back: if it succeeds, its delivery is delivered after all. */
function cancel(webhookId: number, id: number): Statement[] {
  const now = Date.now();
  // The states stand in the statement: an index names them.
  const isDue = eq(deliveries.state, 'due').inlineParams();
  const isUntried = and(eq(deliveries.replay_id, id), isDue, eq(deliveries.attempts, 0));
  const isCancelled = sql`exists (select 1 from ${replays}
    where ${replays.id} = ${id} and ${replays.state} = 'cancelled')`;
  const isEnabled = sql`exists (select 1 from ${webhooks}
    where ${webhooks.id} = ${webhookId} and ${webhooks.is_enabled} = 1)`;
  const dropped = sql`${chat_queue.seq} in (select ${deliveries.seq} from ${deliveries}
    where ${deliveries.replay_id} = ${id} and ${deliveries.state} = 'dropped')`;
  return [
    query
      .update(replays)
      .set({ state: 'cancelled', ended_at: now })
      .where(
        and(
          eq(replays.id, id),
          or(
            sql`${replays.state} in ('running', 'paused')`,
            sql`${replays.state} = 'done' and exists (select 1 from ${deliveries} where ${isUntried})`,
          ),
        ),
      ),
    query.update(deliveries).set({ state: 'dropped' }).where(and(isUntried, isCancelled)),
    query.delete(chat_queue).where(and(eq(chat_queue.webhook_id, webhookId), isCancelled, dropped)),
    // What waited behind them for its turn in a chat may go.
    query
      .update(deliveries)
      .set({ next_at: now })
      .where(
        and(
          eq(deliveries.webhook_id, webhookId),
          isDue,
          eq(deliveries.next_at, NEVER_MS),
          isCancelled,
          isEnabled,
          sql`not ${hasPredecessor()}`,
        ),
      ),
  ];
}
