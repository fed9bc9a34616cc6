import { sql, type SQL } from 'drizzle-orm';
import type { EventRow } from '../events/event.ts';
import { type Database, jsonList } from '../store/database.ts';
import type { deliveries } from '../store/schema.ts';
import { type DeliveryKey, hasPredecessor, leaveQueue } from '../webhooks/chat-queue.ts';
import { NEVER_MS } from '../webhooks/enablement.ts';
import type { Subscription } from '../webhooks/subscriptions.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { deliveriesOf, type Delivery, readEvents } from './event-item.ts';

type Row = typeof deliveries.$inferSelect;

/** What a row says of the latest attempt of its delivery. */
export type LatestAttempt = Pick<Row, 'attempted_at' | 'status' | 'error' | 'latency_ms'>;

/** How a delivery stands after a failure, or before its first attempt in the slow lane. */
export type AttemptState = LatestAttempt &
  Pick<Row, 'attempts' | 'next_at' | 'last_error'> & {
    state: 'due' | 'dead';
  };

/** A delivery that is to be attempted (again) by the slow lane. */
export type DueRow = AttemptState & Pick<Row, 'webhook_id' | 'seq'>;

/** No attempt was made yet. */
export const NO_ATTEMPT: LatestAttempt = {
  attempted_at: null,
  status: null,
  error: null,
  latency_ms: null,
};

/** A due delivery that a run has taken on. */
export interface Claim {
  seq: number;
  attempts: number;
  replay_id: number | null;
  /** Which of its parts is next. */
  part: number;
}

/** Of what is due longest so many are looked at: more than replays may have pending, or live ones wait. */
const MAX_LOOKED_AT = 250;

/**
 * Takes on at most `limit` of what is due of a webhook: of what has waited longest, by sequence number,
 * what is replayed after all else. It is due again at `until` should the run die.
 */
export async function claimDue(
  db: Database,
  { id, ordering }: Pick<Subscription, 'id' | 'ordering'>,
  { now, until, limit }: { now: number; until: number; limit: number },
): Promise<Claim[]> {
  const claims = await db.all<Claim>(sql`
    update deliveries set next_at = ${until}
    where webhook_id = ${id} and seq in (
      select seq from (
        select seq, replay_id from deliveries
        where webhook_id = ${id} and state = 'due' and next_at <= ${now}
          and ${ordering === 'chat' ? isFirstOfItsChats() : sql`true`}
        order by next_at limit ${MAX_LOOKED_AT}
      ) order by replay_id is not null, seq limit ${limit}
    ) returning seq, attempts, replay_id, part`);
  return claims.sort(
    (a, b) => Number(a.replay_id !== null) - Number(b.replay_id !== null) || a.seq - b.seq,
  );
}

/**
 * Whether it is the first in its chats, also of what is not in their queues yet: because the event is
 * just being delivered, or because a replay is still to bring what came while the webhook was disabled.
 * Over a row of `deliveries`.
 */
function isFirstOfItsChats(): SQL {
  return sql`not ${hasPredecessor()} and not exists (
      select 1 from replays r
      where r.webhook_id = deliveries.webhook_id and r.state = 'running'
        and r.until_seq < deliveries.seq and r.filter->>'$.missed'
    ) and not exists (
      select 1 from events o cross join json_each(o.chats) c
        cross join chat_queue q indexed by chat_queue_by_seq
        on q.seq = deliveries.seq and q.webhook_id = deliveries.webhook_id and q.chat = c.value->>'wa_id'
      where o.open = 1 and o.seq < deliveries.seq)`;
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
  await db.surely([
    sql`update deliveries set state = 'dropped'
        where webhook_id = ${key.webhook_id} and seq = ${key.seq}`,
    ...leaveQueue(key, now),
  ]);
}

/** Gives up a delivery whose event cannot be read, so that the rest goes on. */
export async function parkRow(db: Database, key: DeliveryKey, now: number): Promise<void> {
  const reason = 'What the event says cannot be read: a fault of ours.';
  await db.surely([
    sql`update deliveries set state = 'dead', error = 'poison', last_error = ${reason}
        where webhook_id = ${key.webhook_id} and seq = ${key.seq}`,
    ...leaveQueue(key, now),
  ]);
}

/** Lets claims that were taken until `until` go, to be due at `nextAt`. */
export async function release(
  db: Database,
  webhookId: number,
  claims: readonly Claim[],
  { until, nextAt }: { until: number; nextAt: number },
): Promise<void> {
  if (claims.length === 0) return;
  const seqs = jsonList(claims.map(({ seq }) => seq));
  await db.surely([
    sql`update deliveries set next_at = ${nextAt}
        where webhook_id = ${webhookId} and seq in (select value from json_each(${seqs})) and state = 'due'
          and next_at = ${until}`,
  ]);
}

/** Puts away the rows of a webhook that is disabled, until it is enabled, and those of one that is gone. */
export async function shelve(db: Database, webhookId: number): Promise<void> {
  await db.batch([
    sql`delete from deliveries where webhook_id = ${webhookId}
        and not exists (select 1 from webhooks where id = ${webhookId})`,
    sql`update deliveries set next_at = ${NEVER_MS} where webhook_id = ${webhookId} and state = 'due'
        and exists (select 1 from webhooks where id = ${webhookId} and is_enabled = 0)`,
  ]);
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
