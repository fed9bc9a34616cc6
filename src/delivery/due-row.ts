import type { deliveries } from '../store/schema.ts';
import type { AttemptRecord } from './attempt-record.ts';

type Row = typeof deliveries.$inferSelect;

/** What a row says of the latest attempt of its delivery. */
export type LatestAttempt = Pick<Row, 'attempted_at' | 'status' | 'error' | 'latency_ms'>;

/** How a delivery stands after a failure, or before its first attempt in the slow lane. */
export type Standing = LatestAttempt &
  Pick<Row, 'attempts' | 'next_at' | 'last_error'> & {
    state: 'due' | 'dead';
  };

/** A delivery that is to be attempted (again) by the slow lane. */
export type DueRow = Standing & Pick<Row, 'webhook_id' | 'seq'>;

/** No attempt was made yet. */
export const NO_ATTEMPT: LatestAttempt = {
  attempted_at: null,
  status: null,
  error: null,
  latency_ms: null,
};

/** What the row says after an attempt. */
export function latestOf({ at, status, error, latency_ms }: AttemptRecord): LatestAttempt {
  return { attempted_at: at, status, error, latency_ms };
}
