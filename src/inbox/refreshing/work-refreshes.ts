import { and, eq, sql, type SQL } from 'drizzle-orm';
import { faultText, log, logError } from '../../log.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query, type Statement } from '../../store/query.ts';
import { refreshes } from '../../store/schema.ts';
import { hasWabaKey } from '../../waba/upstream/upstream-of.ts';
import type { RefreshKind, RefreshRow, RefreshRun, RefreshStep, StepResult } from './refresh.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** "Refreshed every few hours" (spec: issueTemplateRefreshRequest); a webhook that is off loses messages. */
const EVERY_MS: Readonly<Record<RefreshKind, number>> = {
  templates: 4 * HOUR_MS,
  settings: 4 * HOUR_MS,
  blocked: 4 * HOUR_MS,
  webhook: HOUR_MS,
};

/** The kinds, as a parameter of statements. */
const KINDS = JSON.stringify(Object.keys(EVERY_MS));

/** Longer than any step takes; then it is taken for lost. */
const LEASE_MS = 2 * MINUTE_MS;

/** The first pause after a failure; each is twice the one before. */
const FIRST_PAUSE_MS = 30_000;

/** After so many failures in a row the refresh is given up until the next is due. */
const MAX_ATTEMPTS = 5;

/** What of WABA's words is kept. */
const MAX_ERROR_CHARACTERS = 300;

export type RefreshSteps = Readonly<Record<RefreshKind, RefreshStep>>;

type Claimed = RefreshRun & Pick<RefreshRow, 'attempts'>;

/**
 * Selects one row where a step of a refresh is due at `now` (milliseconds), or a kind was never begun;
 * else none. A seek for each kind at most.
 */
export function selectDueRefresh(now: number): SQL {
  return sql`select k.value as kind from json_each(${KINDS}) k left join ${refreshes} r on r.kind = k.value
    where coalesce(r.next_at, 0) <= ${now} limit 1`;
}

/**
 * Works the refreshes that are due, step by step, for up to `budgetMs`; what is left is found due by
 * the next call, after a restart, too. Whoever calls at the same time takes other steps, and a step
 * that is done twice does no harm. Never rejects; failures are in the rows and in the log.
 */
export async function workRefreshes(
  stack: StackContext,
  steps: RefreshSteps,
  budgetMs: number,
): Promise<void> {
  const { db, config } = stack;
  if (!hasWabaKey(config)) return;
  const until = Date.now() + budgetMs;
  try {
    while (Date.now() < until) {
      const run = await claim(db, Date.now());
      if (run === undefined) return;
      await workStep(stack, run, steps[run.kind]);
    }
  } catch (error) {
    logError('refreshes_failed', error, { stack: config.name });
  }
}

/** Takes the step that is due the longest, and makes the rows where the stack is new. */
async function claim(db: Database, now: number): Promise<Claimed | undefined> {
  const [, claimed] = await db.batch<[unknown[], Claimed[]]>([
    sql`insert into ${refreshes} (kind, next_at) select value, ${now} from json_each(${KINDS}) where true
        on conflict (kind) do nothing`,
    sql`update ${refreshes} set next_at = ${now + LEASE_MS}, started_at = coalesce(started_at, ${now})
        where kind = (select kind from ${refreshes} where next_at <= ${now} order by next_at, kind limit 1)
        returning kind, started_at as "startedAt", cursor, attempts`,
  ]);
  return claimed[0];
}

async function workStep(stack: StackContext, run: Claimed, step: RefreshStep): Promise<void> {
  try {
    const result = await step(stack, run);
    await stack.db.batch([...result.writes, advance(run, result, Date.now())]);
  } catch (error) {
    await stack.db.run(fail(run, faultText(error).slice(0, MAX_ERROR_CHARACTERS), Date.now()));
    log('refresh_failed', { stack: stack.config.name, kind: run.kind, attempts: run.attempts + 1 });
  }
}

function advance(run: Claimed, { cursor }: StepResult, now: number): Statement {
  const fine = { attempts: 0, last_error: null };
  if (cursor !== undefined) return change(run, { ...fine, cursor, next_at: now });
  return change(run, { ...fine, ...restOf(run.kind, now), refreshed_at: now });
}

function fail(run: Claimed, problem: string, now: number): Statement {
  const { kind, attempts } = run;
  const failed = { attempts: attempts + 1, last_error: problem };
  if (failed.attempts >= MAX_ATTEMPTS) {
    return change(run, { ...failed, ...restOf(kind, now), attempts: 0 });
  }
  return change(run, { ...failed, next_at: now + FIRST_PAUSE_MS * 2 ** attempts });
}

/** How a refresh is between two times. */
function restOf(kind: RefreshKind, now: number) {
  return { started_at: null, cursor: '', next_at: now + EVERY_MS[kind] };
}

/** Changes the refresh that a step belongs to, unless it was begun anew. */
function change({ kind, startedAt }: Claimed, changes: Partial<RefreshRow>): Statement {
  return query
    .update(refreshes)
    .set(changes)
    .where(and(eq(refreshes.kind, kind), eq(refreshes.started_at, startedAt)));
}
