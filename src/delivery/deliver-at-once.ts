import { logError } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { deliveryDeps, type DialectDeps } from './delivery-deps.ts';
import { deliverEvents } from './fast-lane.ts';
import type { DeliveryBells } from './report-due-work.ts';
import { RING_AGAIN_AGE_MS } from './take-events.ts';

/** What delivery without the queue needs of the room above it. */
export interface AtOnceBells extends DeliveryBells {
  /** Rings the fast lane's queue. */
  ringEvents(stack: string, seqs: readonly number[]): Promise<void>;
}

type AtOnceDeps = AtOnceBells & DialectDeps;

/**
 * More of one stack's runs than these would be many requests at once to one receiver: what comes faster
 * is for the queue, whose batches also share their queries.
 */
const MAX_RUNS = 2;

/** As many as a batch of the queue has. More are somebody's repair, and no reason for haste. */
const MAX_EVENTS = 10;

/** Of an invocation's six connections (Workers limits) one writes, and two ring meanwhile. */
const MAX_IN_FLIGHT = 3;

/**
 * No attempt begins later. Half a minute after its answer an invocation is cut off (Workers limits): by then
 * the last attempt has had its fifteen seconds, and is written down.
 */
const MAX_RUN_MS = 2_000;

/** Which a run that was cut off has not told of. */
const CUT_OFF_MS = 30_000;

/** When the runs of each stack began that are under way in this isolate (milliseconds). */
const underWay = new WeakMap<StackContext, Set<{ since: number }>>();

/**
 * Delivers events in the invocation that wrote them, which saves the queue's three operations. The queue
 * is rung where too much is under way. Where all that fails, or the invocation dies, the events are still
 * open, and the sweep finds them; so it does with those that somebody else is just delivering, should
 * that one die. Never rejects.
 */
export async function deliverAtOnce(
  seqs: readonly number[],
  stack: StackContext,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  deps: AtOnceDeps,
): Promise<void> {
  if (seqs.length === 0) return;
  const { name } = stack.config;
  const runs = runsOf(stack, Date.now());
  try {
    if (runs.size >= MAX_RUNS || seqs.length > MAX_EVENTS) await deps.ringEvents(name, seqs);
    else await counted(runs, () => run(seqs, stack, ctx, deps));
  } catch (error) {
    logError('delivery_at_once_failed', error, { stack: name, count: seqs.length });
    await deps.reportDue(name, Date.now() + RING_AGAIN_AGE_MS).catch(() => undefined);
  }
}

async function run(
  seqs: readonly number[],
  stack: StackContext,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  deps: AtOnceDeps,
): Promise<void> {
  const bounds = { maxInFlight: MAX_IN_FLIGHT, maxRunMs: MAX_RUN_MS };
  const work = deliveryDeps(stack, ctx, deps, bounds);
  await work.report(await deliverEvents(seqs, work));
}

function runsOf(stack: StackContext, now: number): Set<{ since: number }> {
  const runs = underWay.get(stack) ?? new Set();
  underWay.set(stack, runs);
  for (const one of runs) if (one.since <= now - CUT_OFF_MS) runs.delete(one);
  return runs;
}

async function counted(runs: Set<{ since: number }>, work: () => Promise<void>): Promise<void> {
  const own = { since: Date.now() };
  runs.add(own);
  try {
    await work();
  } finally {
    runs.delete(own);
  }
}
