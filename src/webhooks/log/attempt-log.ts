import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../../store/database.ts';
import type { attempts } from '../../store/schema.ts';

/** One attempt of one delivery, as the log keeps it. */
export type LoggedAttempt = Omit<typeof attempts.$inferSelect, 'n'>;

/**
 * The statements that put attempts into the log; one that is written twice is there once. Where what
 * the event said was erased during the attempt, what the receiver said to it is left out.
 */
export function logAttempts(logged: readonly LoggedAttempt[]): SQL[] {
  return jsonChunks(logged).map(
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

/** The statement that takes attempts out of the log; the newest stays, or its number would be given out again. */
export function deleteAttempts(condition: SQL): SQL {
  return sql`delete from attempts where ${condition} and n < (select max(n) from attempts)`;
}

/** The statement that takes what was sent and what was answered out of the attempts of some events. */
export function blankAttempts(seqs: SQL): SQL {
  return sql`update attempts set request_headers = '{}', response_headers = null, response_body = null
    where seq in ${seqs}`;
}
