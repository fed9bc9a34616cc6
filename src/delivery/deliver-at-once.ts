import { logError } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { deliveryDeps } from './delivery-deps.ts';
import { deliverEvents } from './fast-lane.ts';
import { reportLeftover, type DeliveryBells } from './report-leftover.ts';

/** What delivery without the queue needs of the room above it. */
export interface AtOnceDeps extends DeliveryBells {
  /** Rings the fast lane's queue. */
  ringEvents(stack: string, seqs: readonly number[]): Promise<void>;
}

/**
 * More of one stack's runs than these would be many requests at once to one receiver: what comes faster
 * is for the queue, whose batches also share their queries.
 */
const MAX_RUNS = 2;

/** As many as a batch of the queue has. More are somebody's repair, and no reason for haste. */
const MAX_EVENTS = 10;

/** Of an invocation's six connections (Workers limits) one writes, and two ring meanwhile. */
const MAX_IN_FLIGHT = 3;

/** How many runs each stack has under way in this isolate. */
const underWay = new WeakMap<StackContext, number>();

/**
 * Delivers events in the invocation that wrote them, which saves the queue's three operations and the
 * way through it. The queue is rung where that fails, or too much is under way. Should the invocation
 * die, the events are still open, and the sweep finds them. Never rejects.
 *
 * A run ends within the half minute that an invocation has after its answer: no attempt begins after six
 * seconds, nor takes longer than fifteen.
 */
export async function deliverAtOnce(
  seqs: readonly number[],
  stack: StackContext,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  deps: AtOnceDeps,
): Promise<void> {
  if (seqs.length === 0) return;
  const { name } = stack.config;
  try {
    const isDelivered = seqs.length <= MAX_EVENTS && (await runAlone(seqs, stack, ctx, deps));
    if (!isDelivered) await deps.ringEvents(name, seqs);
  } catch (error) {
    logError('events_not_rung', error, { stack: name, count: seqs.length });
  }
}

/** Returns false where others are to deliver the events. Throws what the queue throws. */
async function runAlone(
  seqs: readonly number[],
  stack: StackContext,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  deps: AtOnceDeps,
): Promise<boolean> {
  const runs = underWay.get(stack) ?? 0;
  if (runs >= MAX_RUNS) return false;
  underWay.set(stack, runs + 1);
  const { name } = stack.config;
  try {
    const leftover = await deliverEvents(
      seqs,
      deliveryDeps(stack, ctx, {
        report: (left) => reportLeftover(name, left, deps),
        announce: () => deps.announce(name),
        maxInFlight: MAX_IN_FLIGHT,
      }),
    );
    await reportLeftover(name, leftover, deps);
    return true;
  } catch (error) {
    logError('delivery_at_once_failed', error, { stack: name, count: seqs.length });
    return false;
  } finally {
    underWay.set(stack, (underWay.get(stack) ?? 1) - 1);
  }
}
