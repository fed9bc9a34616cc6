import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../store/database.ts';
import type { AttemptRecord } from './attempt-record.ts';

/** One attempt of one delivery, as the log keeps it. */
export interface LoggedAttempt extends AttemptRecord {
  webhook_id: number;
  seq: number;
  number: number;
  replay_id: number | null;
}

/**
 * The statements that put attempts into the log; one that is written twice is there once. Where what
 * the event said was erased during the attempt, what the receiver said to it is left out.
 */
export function logAttempts(attempts: readonly LoggedAttempt[]): SQL[] {
  return jsonChunks(attempts).map(
    (rows) => sql`
      insert into attempts (seq, webhook_id, at, number, status, error, latency_ms, request_headers,
        response_headers, response_body, replay_id, part)
      select value->>'seq', value->>'webhook_id', value->>'at', value->>'number', value->>'status',
        value->>'error', value->>'latency_ms', value->>'request_headers',
        iif(e.extended is null and e.in_r2 = 0, null, value->>'response_headers'),
        iif(e.extended is null and e.in_r2 = 0, null, value->>'response_body'), value->>'replay_id', value->>'part'
      from json_each(${rows}) left join events e on e.seq = value->>'seq'
      where value->>'webhook_id' in (select id from webhooks)
      on conflict (seq, webhook_id, at) do nothing`,
  );
}
