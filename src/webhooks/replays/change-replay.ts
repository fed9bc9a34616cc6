import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
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

function turn(id: number, change: 'pause' | 'resume'): SQL {
  return change === 'pause'
    ? sql`update replays set state = 'paused' where id = ${id} and state = 'running'`
    : sql`update replays set state = 'running', next_at = ${Date.now()} where id = ${id} and state = 'paused'`;
}

/** An attempt under way is not called back: if it succeeds, its delivery is delivered after all. */
function cancel(webhookId: number, id: number): SQL[] {
  const now = Date.now();
  const isCancelled = sql`exists (select 1 from replays where id = ${id} and state = 'cancelled')`;
  return [
    sql`update replays set state = 'cancelled', ended_at = ${now} where id = ${id} and (
          state in ('running', 'paused') or (state = 'done'
            and exists (select 1 from deliveries where replay_id = ${id} and state = 'due' and attempts = 0)))`,
    sql`update deliveries set state = 'dropped'
        where replay_id = ${id} and state = 'due' and attempts = 0 and ${isCancelled}`,
    sql`delete from chat_queue where webhook_id = ${webhookId} and ${isCancelled}
        and seq in (select seq from deliveries where replay_id = ${id} and state = 'dropped')`,
    // What waited behind them for its turn in a chat may go.
    sql`update deliveries set next_at = ${now}
        where webhook_id = ${webhookId} and state = 'due' and next_at = ${NEVER_MS} and ${isCancelled}
          and exists (select 1 from webhooks where id = ${webhookId} and is_enabled = 1)
          and not ${hasPredecessor()}`,
  ];
}
