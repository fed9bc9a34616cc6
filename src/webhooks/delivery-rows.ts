import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../store/database.ts';
import type { deliveries } from '../store/schema.ts';
import { type DeliveryKey, joinQueue, leaveQueue } from './chat-queue.ts';
import { NEVER_MS } from './enablement.ts';

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
