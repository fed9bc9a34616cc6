import { sql } from 'drizzle-orm';
import type { EventRow } from '../events/event.ts';
import { type Database, jsonList } from '../store/database.ts';
import type { DeliveryKey } from '../webhooks/chat-queue.ts';
import {
  claimDeliveries,
  dropDelivery,
  dropOrphans,
  holdDisabled,
  type LatestAttempt,
  parkDelivery,
  releaseClaims,
} from '../webhooks/delivery-rows.ts';
import type { Subscription } from '../webhooks/subscriptions.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { deliveriesOf, type Delivery, readEvents } from './event-item.ts';

/** A due delivery that a run has taken on. */
export interface Claim {
  seq: number;
  attempts: number;
  replay_id: number | null;
  /** Which of its parts is next. */
  part: number;
}

/**
 * Takes on at most `limit` of what is due of a webhook: of what has waited longest, by sequence number,
 * what is replayed after all else. It is due again at `until` should the run die.
 */
export async function claimDue(
  db: Database,
  { id, ordering }: Pick<Subscription, 'id' | 'ordering'>,
  { now, until, limit }: { now: number; until: number; limit: number },
): Promise<Claim[]> {
  const claims = await db.all<Claim>(claimDeliveries({ id, ordering }, { now, until, limit }));
  return claims.sort(
    (a, b) => Number(a.replay_id !== null) - Number(b.replay_id !== null) || a.seq - b.seq,
  );
}

/** Claims with their events. What the webhook does not take is in neither. */
export interface LoadedClaims {
  deliveries: Map<number, Delivery>;
  /** Sequence numbers of events whose rows cannot be read. */
  poison: Set<number>;
}

/** Loads the events of claims, by sequence number. */
export async function loadDeliveries(
  db: Database,
  claims: readonly Claim[],
  subscription: Subscription,
): Promise<LoadedClaims> {
  const seqs = jsonList(claims.map(({ seq }) => seq));
  const rows = await db.all<EventRow>(sql`
    select * from events where seq in (select value from json_each(${seqs})) order by seq`);
  const { events, poison } = readEvents(rows);
  const deliveries = events.flatMap((event) => deliveriesOf(event, [subscription]));
  const claimed = new Map(claims.map((claim) => [claim.seq, claim]));
  return {
    deliveries: new Map(
      deliveries.map((delivery) => {
        const { seq } = delivery.event;
        const { replay_id: replayId = null, part = 0 } = claimed.get(seq) ?? {};
        return [seq, { ...delivery, replayId, part }];
      }),
    ),
    poison: new Set(poison.map(({ seq }) => seq)),
  };
}

/**
 * Whether a claim that was taken until `until` still stands, and its webhook is as it was read: it may
 * have been skipped, cancelled, paused or given another URL since.
 */
export async function holdsClaim(
  db: Database,
  { id, url }: Pick<Subscription, 'id' | 'url'>,
  seq: number,
  until: number,
): Promise<'yes' | 'delivery changed' | 'webhook changed'> {
  const row = await db.first<{ is_same: number; is_held: number }>(sql`
    select w.url = ${url} and w.is_enabled = 1 and w.turn_until = ${until} as is_same, exists (
      select 1 from deliveries d
      where d.webhook_id = w.id and d.seq = ${seq} and d.state = 'due' and d.next_at = ${until}) as is_held
    from webhooks w where w.id = ${id}`);
  if (row?.is_same !== 1) return 'webhook changed';
  return row.is_held === 1 ? 'yes' : 'delivery changed';
}

/** Gives up a delivery that its webhook does not take any more. */
export async function dropRow(db: Database, key: DeliveryKey, now: number): Promise<void> {
  await db.surely(dropDelivery(key, now));
}

/** Gives up a delivery whose event cannot be read, so that the rest goes on. */
export async function parkRow(db: Database, key: DeliveryKey, now: number): Promise<void> {
  await db.surely(parkDelivery(key, 'What the event says cannot be read: a fault of ours.', now));
}

/** Lets claims that were taken until `until` go, to be due at `nextAt`. */
export async function release(
  db: Database,
  webhookId: number,
  claims: readonly Claim[],
  { until, nextAt }: { until: number; nextAt: number },
): Promise<void> {
  if (claims.length === 0) return;
  const seqs = claims.map(({ seq }) => seq);
  await db.surely([releaseClaims(webhookId, seqs, { until, nextAt })]);
}

/** Puts away the rows of a webhook that is disabled, until it is enabled, and those of one that is gone. */
export async function shelve(db: Database, webhookId: number): Promise<void> {
  await db.batch([dropOrphans(webhookId), holdDisabled(webhookId)]);
}

/** When the slow lane has to look at an enabled webhook again (milliseconds); undefined where nothing is due. */
export async function earliestDue(db: Database, webhookId: number): Promise<number | undefined> {
  const row = await db.first<{ next_at: number | null }>(sql`
    select max(coalesce(w.probe_at, 0), coalesce(w.turn_until, 0), (
      select min(next_at) from deliveries where webhook_id = w.id and state = 'due')) as next_at
    from webhooks w where w.id = ${webhookId} and w.is_enabled = 1`);
  return row?.next_at ?? undefined;
}

/** What the row says after an attempt. */
export function latestOf({ at, status, error, latency_ms }: AttemptRecord): LatestAttempt {
  return { attempted_at: at, status, error, latency_ms };
}
