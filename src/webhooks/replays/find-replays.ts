import { and, desc, eq, lt, lte } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { replays } from '../../store/schema.ts';
import { findRow } from '../find-webhooks.ts';
import { type Replay, selectReplays, toReplay } from './replay.ts';

/** A part of a webhook's replays, newest first; `next` is where the next part begins, if there is one. */
export interface ReplayPage {
  replays: Replay[];
  next: number | null;
}

/**
 * Returns at most `limit` replays of a webhook that are older than the replay `before`. Throws
 * `not_found` where there is no such webhook or it is somebody else's.
 */
export async function listReplays(
  ctx: StackContext,
  actor: User,
  webhookId: number,
  { before = Number.MAX_SAFE_INTEGER, limit }: { before?: number | undefined; limit: number },
): Promise<ReplayPage> {
  await findRow(ctx, actor, webhookId);
  const rows = await ctx.db.all(
    selectReplays(and(eq(replays.webhook_id, webhookId), lt(replays.id, before)))
      .orderBy(desc(replays.id))
      .limit(limit + 1),
  );
  const part = rows.slice(0, limit).map(toReplay);
  return { replays: part, next: rows.length > limit ? (part.at(-1)?.id ?? null) : null };
}

/** Returns a replay of a webhook. Throws `not_found` where `actor` may not reach it. */
export async function retrieveReplay(
  ctx: StackContext,
  actor: User,
  webhookId: number,
  id: number,
): Promise<Replay> {
  await findRow(ctx, actor, webhookId);
  return readReplay(ctx.db, webhookId, id);
}

/** Returns a replay of a webhook, whoever asks. Throws `not_found` where there is none. */
export async function readReplay(db: Database, webhookId: number, id: number): Promise<Replay> {
  const row = await db.first(
    selectReplays(and(eq(replays.id, id), eq(replays.webhook_id, webhookId))),
  );
  if (row === undefined) throw notFound();
  return toReplay(row);
}

/** The replays of a webhook whose next step is due: whom to ring for after it was enabled. */
export async function dueReplays(db: Database, webhookId: number, now: number): Promise<number[]> {
  const rows = await db.all(
    query
      .select({ id: replays.id })
      .from(replays)
      .where(
        and(
          eq(replays.state, 'running').inlineParams(),
          lte(replays.next_at, now),
          eq(replays.webhook_id, webhookId),
        ),
      ),
  );
  return rows.map(({ id }) => id);
}
