import { and, desc, eq, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import { readJson } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { insertWhere, query } from '../../store/query.ts';
import { replays } from '../../store/schema.ts';
import { findRow } from '../find-webhooks.ts';
import { readReplay } from './find-replays.ts';
import type { ReplayFilter } from './replay-filter.ts';
import { rangeOf } from './replay-range.ts';
import type { Replay } from './replay.ts';
import { countWanted, type SeqRange } from './wanted-events.ts';

/** Replays of a webhook take turns with it; more at once would only be slower, each of them. */
const MAX_UNFINISHED = 10;

/** What of a missed range has not been delivered, whatever became of it. */
const NOT_DELIVERED = ['none', 'dead', 'dropped'] as const;

/** Past events, ready to be counted or sent. */
interface Selection {
  filter: ReplayFilter;
  range: SeqRange;
  total: number;
}

/**
 * Returns how many deliveries a replay would make now, and writes nothing. Throws as `createReplay`
 * does, but for too many replays.
 */
export async function countReplay(
  ctx: StackContext,
  actor: User,
  webhookId: number,
  filter: ReplayFilter,
): Promise<number> {
  return (await select(ctx, actor, webhookId, filter)).total;
}

/**
 * Makes a replay of the past events that a webhook gets and that a filter picks, `perSecond` of them
 * each second. Its end is fixed now: what comes later is delivered as ever. Throws `not_found` where
 * `actor` may not reach the webhook, `conflict` where nothing was missed or it has too many replays.
 */
export async function createReplay(
  ctx: StackContext,
  actor: User,
  webhookId: number,
  asked: ReplayFilter,
  perSecond: number,
): Promise<Replay> {
  const { filter, range, total } = await select(ctx, actor, webhookId, asked);
  const now = Date.now();
  const isRoom = sql`(select count(*) from ${replays}
    where ${replays.webhook_id} = ${webhookId} and ${replays.state} in ('running', 'paused')
  ) < ${MAX_UNFINISHED}`;
  const replay = {
    webhook_id: webhookId,
    user_id: actor.id,
    state: 'running',
    filter: JSON.stringify(filter),
    cursor_seq: range.after,
    until_seq: range.until,
    total,
    per_second: perSecond,
    next_at: now,
    created_at: now,
  } as const;
  const row = await ctx.db.first(
    insertWhere(replays, replay, isRoom).returning({ id: replays.id }),
  );
  if (row === undefined) {
    const problem = `It has ${MAX_UNFINISHED} replays under way, as many as there may be: wait or cancel one.`;
    throw new WaypostError('conflict', problem);
  }
  return readReplay(ctx.db, webhookId, row.id);
}

async function select(
  ctx: StackContext,
  actor: User,
  webhookId: number,
  asked: ReplayFilter,
): Promise<Selection> {
  const webhook = await findRow(ctx, actor, webhookId);
  if (asked.missed && webhook.is_enabled === 0) {
    const problem = 'It is disabled: what it misses is sent when it is enabled.';
    throw new WaypostError('conflict', problem);
  }
  const filter = asked.missed ? await missedFilter(ctx, webhookId, asked) : asked;
  const range = await rangeOf(ctx.db, webhook.since_seq, filter);
  return { filter, range, total: await countWanted(ctx.db, { webhookId, filter }, range) };
}

/** The range of the latest replay of what was missed is that of the next one, too. */
async function missedFilter(
  { db }: StackContext,
  webhookId: number,
  asked: ReplayFilter,
): Promise<ReplayFilter> {
  const row = await db.first(
    query
      .select({ filter: replays.filter })
      .from(replays)
      .where(and(eq(replays.webhook_id, webhookId), sql`${replays.filter}->>'missed' = 1`))
      .orderBy(desc(replays.id))
      .limit(1),
  );
  if (row === undefined) {
    throw new WaypostError(
      'conflict',
      'It has missed nothing: nothing came while it was disabled.',
    );
  }
  const { after_sequence, until_sequence } = readJson<ReplayFilter>(row.filter);
  return { states: NOT_DELIVERED, ...asked, after_sequence, until_sequence };
}
