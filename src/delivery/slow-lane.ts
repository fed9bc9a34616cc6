import { sql } from 'drizzle-orm';
import type { EventRow } from '../inbox/events.ts';
import { loadSubscriptions, type Subscription } from '../inbox/webhooks/subscriptions.ts';
import { jsonList, type Database } from '../store/database.ts';
import { ATTEMPT_DEADLINE_MS } from './attempt.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { deliveriesOf, requestOf, toDeliverable, type Delivery } from './event-item.ts';
import { PATIENCE_MS, type Leftover } from './fast-lane.ts';
import { judge } from './outcome.ts';
import { settle } from './settle.ts';

/** How many deliveries of a webhook one invocation takes on. */
const MAX_PER_RUN = 10;

/**
 * No attempt begins later in a run than this. The last one then ends within the 30 seconds that work
 * may outlive its invocation (`waitUntil`, Workers limits).
 */
const RUN_MS = 10_000;

/** Claimed rows are due again after this, should the invocation die. */
const CLAIM_MS = RUN_MS + 2 * ATTEMPT_DEADLINE_MS;

/** After a failure the webhook's other deliveries wait for one probe at a time; they use up no attempt meanwhile. */
const PROBE_PAUSE_MS = 30_000;

interface Claim {
  seq: number;
  attempts: number;
}

/**
 * Attempts the due deliveries of one webhook, one after another, and stops at the first failure.
 * Returns what of it is left. Every outcome is written before the next attempt begins.
 */
export async function deliverDue(webhookId: number, deps: DeliveryDeps): Promise<Leftover> {
  const { db } = deps.stack;
  const subscription = (await loadSubscriptions(deps.stack)).find(({ id }) => id === webhookId);
  // A webhook that is disabled or whose secrets cannot be opened keeps its rows; they wait with it.
  if (subscription === undefined) return postpone(db, webhookId, deps.now() + CLAIM_MS);
  const claims = await claim(db, webhookId, deps.now());
  const deliveries = await loadDeliveries(db, claims, subscription);
  const endsAt = deps.now() + RUN_MS;
  for (const [index, { seq, attempts }] of claims.entries()) {
    if (deps.now() >= endsAt) {
      await release(db, webhookId, claims.slice(index), deps.now());
      break;
    }
    const delivery = deliveries.get(seq);
    // The webhook was changed meanwhile and does not take the event any more.
    if (delivery === undefined) await db.run(dropRow(webhookId, seq));
    else if (!(await attemptOne(delivery, attempts + 1, deps))) {
      await release(db, webhookId, claims.slice(index + 1), deps.now() + PROBE_PAUSE_MS);
      break;
    }
  }
  return leftoverOf(db, webhookId, deps.now());
}

/** Makes one attempt and records it; returns whether the receiver took it. */
async function attemptOne(
  delivery: Delivery,
  attempts: number,
  deps: DeliveryDeps,
): Promise<boolean> {
  const { db, files } = deps.stack;
  const request = await requestOf(delivery, files);
  const startedAt = deps.now();
  const outcome = request === null ? null : judge(await deps.attempt(request));
  const statements = settle(delivery, outcome, attempts, deps);
  const isPrompt = deps.now() - startedAt < PATIENCE_MS;
  if (outcome?.verdict === 'delivered' && isPrompt) {
    statements.push(sql`update webhooks set slow_since = null
      where id = ${delivery.subscription.id} and slow_since is not null`);
  }
  await db.batch(statements);
  return outcome === null || outcome.verdict === 'delivered';
}

function claim(db: Database, webhookId: number, now: number): Promise<Claim[]> {
  return db
    .all<Claim>(
      sql`
      update deliveries set next_at = ${now + CLAIM_MS}
      where webhook_id = ${webhookId} and seq in (
        select seq from deliveries where webhook_id = ${webhookId} and state = 'due' and next_at <= ${now}
        order by seq limit ${MAX_PER_RUN}
      ) returning seq, attempts`,
    )
    .then((claims) => claims.sort((a, b) => a.seq - b.seq));
}

async function loadDeliveries(
  db: Database,
  claims: readonly Claim[],
  subscription: Subscription,
): Promise<Map<number, Delivery>> {
  const seqs = jsonList(claims.map(({ seq }) => seq));
  const rows = await db.all<EventRow>(sql`
    select * from events where seq in (select value from json_each(${seqs})) order by seq`);
  const deliveries = rows.flatMap((row) => deliveriesOf(toDeliverable(row), [subscription]));
  return new Map(deliveries.map((delivery) => [delivery.event.seq, delivery]));
}

function dropRow(webhookId: number, seq: number): ReturnType<typeof sql> {
  return sql`update deliveries set state = 'dropped' where webhook_id = ${webhookId} and seq = ${seq}`;
}

async function release(
  db: Database,
  webhookId: number,
  claims: readonly Claim[],
  nextAt: number,
): Promise<void> {
  if (claims.length === 0) return;
  const seqs = jsonList(claims.map(({ seq }) => seq));
  await db.run(sql`update deliveries set next_at = ${nextAt}
    where webhook_id = ${webhookId} and seq in (select value from json_each(${seqs})) and state = 'due'`);
}

async function postpone(db: Database, webhookId: number, nextAt: number): Promise<Leftover> {
  await db.run(sql`update deliveries set next_at = ${nextAt}
    where webhook_id = ${webhookId} and state = 'due' and next_at < ${nextAt}`);
  return { webhooks: [], nextAt };
}

async function leftoverOf(db: Database, webhookId: number, now: number): Promise<Leftover> {
  const row = await db.first<{ next_at: number | null }>(sql`
    select min(next_at) as next_at from deliveries where webhook_id = ${webhookId} and state = 'due'`);
  const nextAt = row?.next_at ?? undefined;
  return { webhooks: nextAt !== undefined && nextAt <= now ? [webhookId] : [], nextAt };
}
