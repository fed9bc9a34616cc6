import type { StackContext } from '../../store/open-stack.ts';
import { pruneEvents } from './prune-events.ts';
import { pruneLog } from './prune-log.ts';
import { pruneMessages } from './prune-messages.ts';
import { pruneOldest, type Pruned } from './prune-oldest.ts';
import { pruneLoginCounts, pruneSessions } from './prune-logins.ts';
import { pruneKeys, pruneReplays } from './prune-unsorted.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What is pruned; deliveries are those that have ended and whose event stays. */
export type PrunedKind =
  | 'events'
  | 'deliveries'
  | 'attempts'
  | 'messages'
  | 'waba_errors'
  | 'tagging_events'
  | 'assignment_events'
  | 'idempotency_keys'
  | 'replays'
  | 'sessions'
  | 'login_counts';

/** A bounded step of pruning, by what it removes. */
export type PruneStep = [PrunedKind, (now: number) => Promise<Pruned>];

/**
 * The steps that remove what is older than the stack's settings let it become, the oldest first. While
 * nothing is, each costs a row read or two. To be called with the time in milliseconds. Events are
 * first: what goes with them has no log to be pruned.
 */
export function pruneSteps(stack: StackContext): PruneStep[] {
  const { db, config } = stack;
  const { logDays, eventsDays, messagesDays } = config.retention;
  return [
    ['events', (now) => pruneEvents(stack, now - eventsDays * DAY_MS, now)],
    ['deliveries', (now) => pruneLog(db, now - logDays * DAY_MS)],
    ['attempts', (now) => pruneOldest(db, 'attempts', now - logDays * DAY_MS)],
    ...(messagesDays === undefined ? [] : messageSteps(stack, messagesDays * DAY_MS)),
  ];
}

function messageSteps(stack: StackContext, lifeMs: number): PruneStep[] {
  const seconds = (now: number): number => Math.floor((now - lifeMs) / 1000);
  return [
    ['messages', (now) => pruneMessages(stack, now - lifeMs, now)],
    ...(['waba_errors', 'tagging_events', 'assignment_events'] as const).map((table): PruneStep => [
      table,
      (now) => pruneOldest(stack.db, table, seconds(now)),
    ]),
  ];
}

/** The steps over tables that are in no order of time and are read through: now and then is enough. */
export function rarePruneSteps({ db, config }: StackContext): PruneStep[] {
  const { logDays } = config.retention;
  return [
    ['idempotency_keys', (now) => pruneKeys(db, now)],
    ['replays', (now) => pruneReplays(db, now - logDays * DAY_MS)],
    ['sessions', (now) => pruneSessions(db, now)],
    ['login_counts', (now) => pruneLoginCounts(db, now)],
  ];
}

/** What some steps removed, and which of them may have more to do. */
export interface PruneResult {
  removed: Map<PrunedKind, number>;
  unfinished: PruneStep[];
}

/** Runs some steps one after another; `now` in milliseconds. */
export async function runSteps(steps: readonly PruneStep[], now: number): Promise<PruneResult> {
  const result: PruneResult = { removed: new Map(), unfinished: [] };
  for (const step of steps) {
    const [kind, run] = step;
    const { removed, hasMore } = await run(now);
    if (removed > 0) result.removed.set(kind, removed);
    if (hasMore) result.unfinished.push(step);
  }
  return result;
}
