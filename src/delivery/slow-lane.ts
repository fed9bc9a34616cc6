import { loadSubscriptions, type Subscription } from '../inbox/webhooks/subscriptions.ts';
import type { Database } from '../store/database.ts';
import { ATTEMPT_DEADLINE_MS } from './attempt.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { claimDue, dropRow, earliestDue, loadDeliveries, release, shelve } from './due-rows.ts';
import type { Delivery } from './event-item.ts';
import { PATIENCE_MS, type Leftover } from './fast-lane.ts';
import { settle } from './settle.ts';
import { tryDelivery } from './try-delivery.ts';
import { endTurnBadly, endTurnWell, PROBE_PAUSE_MS, takeTurn, turnOf } from './webhook-turn.ts';

/**
 * No attempt begins later in a run than this. The last one then ends within the 30 seconds that work
 * may outlive its invocation (`waitUntil`, Workers limits).
 */
const RUN_MS = 10_000;

/** A run that has not ended by then has died: its turn and its rows are free again. */
const CLAIM_MS = RUN_MS + 2 * ATTEMPT_DEADLINE_MS;

/** How a run of a webhook's deliveries went. */
type Course = 'idle' | 'prompt' | 'slow' | 'failed' | 'disabled';

/**
 * Attempts the due deliveries of one webhook, one after another, and stops at the first failure. Does
 * nothing where it is not the webhook's turn. Returns what is left. Every outcome is written before the
 * next attempt begins.
 */
export async function deliverDue(webhookId: number, deps: DeliveryDeps): Promise<Leftover> {
  const { db } = deps.stack;
  const now = deps.now();
  const until = now + CLAIM_MS;
  const turn = await takeTurn(db, webhookId, now, until);
  if (turn !== 'taken') {
    if (turn === undefined) await shelve(db, webhookId);
    return { webhooks: [], nextAt: turn };
  }
  const subscription = (await loadSubscriptions(deps.stack)).find(({ id }) => id === webhookId);
  // Where its secrets cannot be opened the rows stay due, and are looked at again after the claim.
  if (subscription === undefined || subscription.isUnreadable) {
    await shelve(db, webhookId);
    return { webhooks: [], nextAt: until };
  }
  const course = await workOff(subscription, until, deps);
  if (course === 'disabled') return { webhooks: [], nextAt: undefined };
  const isWell = course !== 'failed';
  const end = isWell
    ? endTurnWell(webhookId, until, deps.now(), course === 'prompt')
    : endTurnBadly(webhookId, until, deps.now());
  await db.batch(end);
  return isWell
    ? leftoverOf(db, webhookId, deps.now())
    : { webhooks: [], nextAt: await turnOf(db, webhookId) };
}

async function workOff(
  subscription: Subscription,
  until: number,
  deps: DeliveryDeps,
): Promise<Course> {
  const { db } = deps.stack;
  const startedAt = deps.now();
  const claims = await claimDue(db, subscription.id, startedAt, until);
  const deliveries = await loadDeliveries(db, claims, subscription);
  let course: Course = 'idle';
  for (const [index, { seq, attempts }] of claims.entries()) {
    if (deps.now() >= startedAt + RUN_MS) {
      await release(db, subscription.id, claims.slice(index), deps.now());
      break;
    }
    const delivery = deliveries.get(seq);
    // The webhook was changed meanwhile and does not take the event any more.
    if (delivery === undefined) await dropRow(db, subscription.id, seq);
    else course = await attemptOne(delivery, attempts + 1, course, deps);
    if (course === 'failed') {
      await release(db, subscription.id, claims.slice(index + 1), deps.now() + PROBE_PAUSE_MS);
    }
    if (course === 'failed' || course === 'disabled') break;
  }
  return course;
}

/** Makes one attempt and records it; returns how the run goes on. */
async function attemptOne(
  delivery: Delivery,
  attempts: number,
  course: Course,
  deps: DeliveryDeps,
): Promise<Course> {
  const startedAt = deps.now();
  const result = await tryDelivery(delivery, deps);
  await deps.stack.db.batch(settle(delivery, result, attempts, deps));
  if (result.verdict === 'gone') return 'disabled';
  if (result.verdict === 'retry') return 'failed';
  if (result.verdict !== 'delivered') return course;
  const isPrompt = deps.now() - startedAt < PATIENCE_MS;
  return isPrompt && course !== 'slow' ? 'prompt' : 'slow';
}

async function leftoverOf(db: Database, webhookId: number, now: number): Promise<Leftover> {
  const nextAt = await earliestDue(db, webhookId);
  if (nextAt === undefined || nextAt > now) return { webhooks: [], nextAt };
  return { webhooks: [webhookId], nextAt: undefined };
}
