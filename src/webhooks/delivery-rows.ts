import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../store/database.ts';
import type { deliveries } from '../store/schema.ts';
import { type DeliveryKey, hasPredecessor, joinQueue, leaveQueue } from './chat-queue.ts';
import { NEVER_MS } from './enablement.ts';
import type { Subscription } from './subscriptions.ts';

/**
 * What becomes of the row of a delivery, whoever attempts it. A delivery has one from its first failure
 * on, or from when it waits for its first attempt; what succeeds at once has none.
 */

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

/** The statements that give deliveries their rows, each of which has none. */
export function insertDue(rows: readonly DueRow[]): SQL[] {
  if (rows.length === 0) return [];
  return [
    sql`insert into deliveries (webhook_id, seq, state, attempts, next_at, last_error, attempted_at, status,
        error, latency_ms)
      select value->>'webhook_id', value->>'seq', value->>'state', value->>'attempts', value->>'next_at',
        value->>'last_error', value->>'attempted_at', value->>'status', value->>'error', value->>'latency_ms'
      from json_each(${jsonList(rows)})
      where value->>'webhook_id' in (select id from webhooks)
      on conflict (webhook_id, seq) do nothing`,
    ...joinQueue(rows.map(({ webhook_id, seq }) => ({ webhook_id, seq }))),
  ];
}

/**
 * The statements that write how a delivery stands after a failure. One that has come to its end
 * meanwhile stays as it is; that of a webhook which was paused during the attempt is kept, but not due.
 */
export function failDelivery(
  { webhook_id, seq }: DeliveryKey,
  next: AttemptState,
  now: number,
): SQL[] {
  return [
    sql`update deliveries set state = ${next.state}, attempts = ${next.attempts}, last_error = ${next.last_error},
        attempted_at = coalesce(${next.attempted_at}, attempted_at), status = ${next.status},
        error = ${next.error}, latency_ms = ${next.latency_ms},
        next_at = iif((select is_enabled from webhooks where id = webhook_id) = 1, ${next.next_at}, ${NEVER_MS})
      where webhook_id = ${webhook_id} and seq = ${seq} and state = 'due'`,
    ...(next.state === 'dead' ? leaveQueue({ webhook_id, seq }, now) : []),
  ];
}

/**
 * The statement that goes on to the part after `part`, which has arrived. The delivery is due as long as it was, for
 * whoever has taken it on; what the part took of the schedule is no matter of the next one's.
 */
export function nextPartOf(
  { webhook_id, seq }: DeliveryKey,
  part: number,
  latest: LatestAttempt,
): SQL {
  return sql`update deliveries set part = ${part + 1}, attempts = 0, last_error = null,
      attempted_at = ${latest.attempted_at}, status = ${latest.status}, error = null, latency_ms = ${latest.latency_ms}
    where webhook_id = ${webhook_id} and seq = ${seq} and state = 'due' and part = ${part}`;
}

/** The statement that lets the slow lane take on a delivery at once, of which nothing was attempted yet. */
export function makeDueNow({ webhook_id, seq }: DeliveryKey, now: number): SQL {
  return sql`update deliveries set next_at = ${now}, attempts = 0
    where webhook_id = ${webhook_id} and seq = ${seq} and state = 'due'
      and exists (select 1 from webhooks where id = webhook_id and is_enabled = 1)`;
}

/**
 * The statements that end a delivery, from whatever state: its receiver has it, or is not to have it.
 * Its place in a queue goes also where its webhook had no order when it was read: it may have got one since.
 */
export function endDelivery(
  { webhook_id, seq }: DeliveryKey,
  state: 'delivered' | 'dropped',
  row: { attempts: number } & Partial<LatestAttempt>,
  now: number,
): SQL[] {
  return [
    sql`update deliveries set state = ${state}, attempts = ${row.attempts},
        attempted_at = coalesce(${row.attempted_at ?? null}, attempted_at), status = ${row.status ?? null},
        error = null, latency_ms = ${row.latency_ms ?? null}
      where webhook_id = ${webhook_id} and seq = ${seq}`,
    ...leaveQueue({ webhook_id, seq }, now),
  ];
}

/** The statements that give up a delivery which its webhook does not take any more. */
export function dropDelivery(key: DeliveryKey, now: number): SQL[] {
  return [sql`update deliveries set state = 'dropped' where ${isIt(key)}`, ...leaveQueue(key, now)];
}

/** As `dropDelivery`, where it is due; the first statement returns its sequence number if it was. */
export function skipDue(key: DeliveryKey, now: number): SQL[] {
  return [
    sql`update deliveries set state = 'dropped' where ${isIt(key)} and state = 'due' returning seq`,
    ...leaveQueue(key, now),
  ];
}

/** The statements that give up a delivery whose event cannot be read, so that the rest goes on. */
export function parkDelivery(key: DeliveryKey, reason: string, now: number): SQL[] {
  return [
    sql`update deliveries set state = 'dead', error = 'poison', last_error = ${reason} where ${isIt(key)}`,
    ...leaveQueue(key, now),
  ];
}

function isIt({ webhook_id, seq }: DeliveryKey): SQL {
  return sql`webhook_id = ${webhook_id} and seq = ${seq}`;
}

/** Of what is due longest so many are looked at: more than replays may have pending, or live ones wait. */
const MAX_LOOKED_AT = 250;

/**
 * The statement that takes on at most `limit` of what is due of a webhook at `now`, so that it is due again
 * at `until`: of what has waited longest, by sequence number, what is replayed after all else. It returns
 * the sequence number of each, its attempts, its replay and which of its parts is next.
 */
export function claimDeliveries(
  { id, ordering }: Pick<Subscription, 'id' | 'ordering'>,
  { now, until, limit }: { now: number; until: number; limit: number },
): SQL {
  return sql`
    update deliveries set next_at = ${until}
    where webhook_id = ${id} and seq in (
      select seq from (
        select seq, replay_id from deliveries
        where webhook_id = ${id} and state = 'due' and next_at <= ${now}
          and ${ordering === 'chat' ? isFirstOfItsChats() : sql`true`}
        order by next_at limit ${MAX_LOOKED_AT}
      ) order by replay_id is not null, seq limit ${limit}
    ) returning seq, attempts, replay_id, part`;
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

/** The statement that lets claims which were taken until `until` go, to be due at `nextAt`. */
export function releaseClaims(
  webhookId: number,
  seqs: readonly number[],
  { until, nextAt }: { until: number; nextAt: number },
): SQL {
  return sql`update deliveries set next_at = ${nextAt}
    where webhook_id = ${webhookId} and seq in (select value from json_each(${jsonList(seqs)})) and state = 'due'
      and next_at = ${until}`;
}

/** The statement that keeps what is pending of a webhook that is disabled, but not due. */
export function holdDisabled(webhookId: number): SQL {
  return sql`update deliveries set next_at = ${NEVER_MS} where webhook_id = ${webhookId} and state = 'due'
    and exists (select 1 from webhooks where id = ${webhookId} and is_enabled = 0)`;
}

/** The statement that removes the rows of a webhook that is gone. */
export function dropOrphans(webhookId: number): SQL {
  return sql`delete from deliveries where webhook_id = ${webhookId}
    and not exists (select 1 from webhooks where id = ${webhookId})`;
}

/**
 * The statement that makes deliveries of past events due for a replay, anew where they have come to
 * their end before, if `condition` holds.
 */
export function queueReplayed(
  { id, webhook_id }: { id: number; webhook_id: number },
  seqs: SQL,
  now: number,
  condition: SQL,
): SQL {
  return sql`insert into deliveries (webhook_id, seq, state, attempts, next_at, replay_id)
    select ${webhook_id}, value, 'due', 0, ${now}, ${id} from json_each(${seqs})
    where ${condition}
    on conflict (webhook_id, seq) do update set
      state = 'due', attempts = 0, next_at = excluded.next_at, replay_id = excluded.replay_id,
      last_error = null, attempted_at = null, status = null, error = null, latency_ms = null, part = 0
    where state != 'due'`;
}

/** The statement that gives up what is still due of some events: what they said is gone, for that `reason`. */
export function loseDeliveries(seqs: SQL, reason: string): SQL {
  return sql`update deliveries set state = 'dead', error = 'lost', last_error = ${reason}
    where seq in ${seqs} and state = 'due'`;
}

/** The statement that removes deliveries. */
export function deleteDeliveries(condition: SQL): SQL {
  return sql`delete from deliveries where ${condition}`;
}
