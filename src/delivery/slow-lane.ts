import type { SQL } from 'drizzle-orm';
import { ATTEMPT_DEADLINE_MS } from '../outbound/attempt.ts';
import { loadSubscriptions } from '../webhooks/subscriptions.ts';
import { BREAKER_PAUSE_MS, openBreaker } from './breaker.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { earliestDue, shelve } from './due-rows.ts';
import type { DueWork } from './report-due-work.ts';
import { MAX_RUN_MS, SlowRun } from './slow-run.ts';
import { endLease, takeLease } from './webhook-lease.ts';

/** What a run needs besides its attempts: it writes even where storage stumbles for some seconds. */
const SPARE_MS = 5_000;

/** A run that has not ended by then has died: its lease and its rows are free again. */
const LEASE_MS = MAX_RUN_MS + ATTEMPT_DEADLINE_MS + SPARE_MS;

/**
 * What is due may wait for an event before it that is just being delivered, or for a replay of what was
 * missed. It is looked at again soon, and ever more rarely while that takes longer.
 */
const LOOK_AGAIN_MS = { least: 500, most: 10_000 };

/**
 * Attempts the due deliveries of one webhook, one after another, until none is left, its breaker opens
 * or the time of a run is up. Does nothing where it is not the webhook's lease. Returns what is left.
 * Every outcome is written before the next attempt begins.
 */
export async function deliverDue(webhookId: number, deps: DeliveryDeps): Promise<DueWork> {
  const { db } = deps.stack;
  const lease = await takeLease(db, webhookId, deps.now(), LEASE_MS);
  if (lease === undefined) {
    await shelve(db, webhookId);
    return { webhooks: [], nextAt: undefined };
  }
  if ('freeAt' in lease) return { webhooks: [], nextAt: lease.freeAt };
  // Read under the lease: what was used of a rate limit is written when a lease ends.
  const subscription = (await loadSubscriptions(deps.stack)).find(({ id }) => id === webhookId);
  // Where its secrets cannot be opened the rows stay due, and are looked at again after the lease.
  if (subscription === undefined || subscription.isUnreadable) {
    return { webhooks: [], nextAt: lease.until };
  }
  const run = new SlowRun(subscription, lease.until, deps);
  await run.work();
  await db.surely(endOf(run, deps.now()));
  return leftoverOf(run, deps);
}

function endOf(run: SlowRun, now: number): SQL[] {
  const { subscription, until, rateWindow } = run;
  const { id } = subscription;
  const isBroken = run.end === 'breaker open';
  const freeAt = Math.max(run.freeAt(now), isBroken ? now + BREAKER_PAUSE_MS : now);
  const notBefore = freeAt > now ? freeAt : null;
  return [
    ...(isBroken ? [openBreaker(id, until, now)] : []),
    endLease(id, until, { isPrompt: run.end === 'prompt', notBefore, rateWindow }),
  ];
}

async function leftoverOf({ subscription, end }: SlowRun, deps: DeliveryDeps): Promise<DueWork> {
  const { id } = subscription;
  const nextAt = await earliestDue(deps.stack.db, id);
  const now = deps.now();
  if (nextAt === undefined || nextAt > now) return { webhooks: [], nextAt };
  return end === 'idle'
    ? { webhooks: [], nextAt: now + lookAgainMs(now - nextAt) }
    : { webhooks: [id], nextAt: undefined };
}

function lookAgainMs(waitedMs: number): number {
  return Math.min(Math.max(waitedMs / 2, LOOK_AGAIN_MS.least), LOOK_AGAIN_MS.most);
}
