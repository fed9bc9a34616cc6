import { and, eq, gt, isNotNull, isNull, or, sql, type SQL } from 'drizzle-orm';
import { WaypostError } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query, type Statement } from '../../store/query.ts';
import { refreshes } from '../../store/schema.ts';
import { upstreamOf } from '../../waba/upstream/upstream-of.ts';

export type RefreshRow = typeof refreshes.$inferSelect;
export type RefreshKind = RefreshRow['kind'];

/** A refresh under way, at one of its steps. */
export interface RefreshRun {
  kind: RefreshKind;
  /** Milliseconds; tells it from one that was begun anew. */
  startedAt: number;
  /** What the step before left; empty for the first. */
  cursor: string;
}

/** What a step found: what to write, if the refresh is still the same, and where the next one goes on. */
export interface StepResult {
  /** Statements that hold `isCurrent` as a condition. */
  writes: Statement[];
  /** Undefined where this was the last step. */
  cursor: string | undefined;
}

/** One step of a refresh: a request or a few. Throws where WABA does not answer; it is tried again. */
export type RefreshStep = (stack: StackContext, run: RefreshRun) => Promise<StepResult>;

/**
 * Begins a refresh unless one is under way already (spec: issueTemplateRefreshRequest); one that waits
 * after a failure begins anew. `now` is in milliseconds. Throws `unavailable` without a key for WABA.
 */
export async function issueRefresh(
  { db, config }: Pick<StackContext, 'db' | 'config'>,
  kind: RefreshKind,
  now: number,
): Promise<void> {
  const { authorization, keySetting } = upstreamOf(config);
  if (authorization === undefined) {
    const problem = `There is no WhatsApp to ask: no ${keySetting} is set.`;
    throw new WaypostError('unavailable', problem);
  }
  const begun = { started_at: now, cursor: '', next_at: now, attempts: 0 };
  await db.run(
    query
      .insert(refreshes)
      .values({ kind, ...begun })
      .onConflictDoUpdate({
        target: refreshes.kind,
        set: begun,
        setWhere: or(isNull(refreshes.started_at), gt(refreshes.attempts, 0)),
      }),
  );
}

/** Whether a refresh is under way. */
export async function isRefreshing(db: Database, kind: RefreshKind): Promise<boolean> {
  const row = await db.first(
    query
      .select({ started_at: refreshes.started_at })
      .from(refreshes)
      .where(eq(refreshes.kind, kind)),
  );
  return typeof row?.started_at === 'number';
}

/**
 * The statement to go with a change of our own: a refresh under way has read some of what was before,
 * so it begins anew and what it has in hand is not written. `now` is in milliseconds.
 */
export function beginAnew(kind: RefreshKind, now: number): SQL {
  return query
    .update(refreshes)
    .set({
      started_at: sql`max(${now}, ${refreshes.started_at} + 1)`,
      cursor: '',
      next_at: now,
    })
    .where(and(eq(refreshes.kind, kind), isNotNull(refreshes.started_at)))
    .getSQL();
}

/** The statement that makes a refresh due at `now` (milliseconds), where none is under way and `condition` holds. */
export function askForRefresh(kind: RefreshKind, now: number, condition?: SQL): SQL {
  return query
    .update(refreshes)
    .set({ next_at: sql`min(${refreshes.next_at}, ${now})` })
    .where(and(eq(refreshes.kind, kind), isNull(refreshes.started_at), condition))
    .getSQL();
}

/** Whether a refresh is still the one that a step belongs to. */
export function isCurrent({ kind, startedAt }: RefreshRun): SQL {
  return sql`exists (select 1 from ${refreshes}
    where ${refreshes.kind} = ${kind} and ${refreshes.started_at} = ${startedAt})`;
}
