import { and, desc, eq, sql } from 'drizzle-orm';
import type { Receipt } from '../../events/event.ts';
import { type Database, readJson } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { attempts, events } from '../../store/schema.ts';
import type { DeliveryKey } from '../chat-queue.ts';
import { keptReceipts } from './kept-receipts.ts';

type AttemptRow = typeof attempts.$inferSelect;

/** An attempt as the log shows it; its headers and its answer are known where it has a row. */
export interface LoggedAttempt {
  number: number;
  /** Milliseconds; when it began. */
  at: number;
  status: number | null;
  error: AttemptRow['error'];
  latencyMs: number;
  requestHeaders: Record<string, string> | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
  replayId: number | null;
  /** Which of the delivery's parts it sent, from 0. */
  part: number;
}

/** Each may come with 16 KiB of an answer and as much of headers. */
const MAX_ATTEMPTS = 100;

/**
 * Returns the newest attempts of a delivery, oldest first. One that succeeded at the first try has only
 * its receipt; that attempt stays in the list when the delivery is made again.
 */
export async function listAttempts(
  db: Database,
  { webhook_id, seq }: DeliveryKey,
): Promise<LoggedAttempt[]> {
  const [rows, receipts] = await db.batch<[AttemptRow[], Receipt[]]>([
    query
      .select()
      .from(attempts)
      .where(and(eq(attempts.seq, seq), eq(attempts.webhook_id, webhook_id)))
      .orderBy(desc(attempts.at))
      .limit(MAX_ATTEMPTS),
    sql`select r.value->>'webhook' as webhook, r.value->>'status' as status, r.value->>'ms' as ms,
          r.value->>'at' as at
        from ${events} e join json_each(${keptReceipts()}) r
        where e.seq = ${seq} and r.value->>'webhook' = ${webhook_id}`,
  ]);
  const newest = [...receipts.map(ofReceipt), ...rows.map(ofRow)];
  newest.sort((a, b) => a.at - b.at);
  return newest.slice(-MAX_ATTEMPTS);
}

function ofReceipt({ status, ms, at }: Receipt): LoggedAttempt {
  return {
    number: 1,
    at,
    status,
    error: null,
    latencyMs: ms,
    requestHeaders: null,
    responseHeaders: null,
    responseBody: null,
    replayId: null,
    part: 0,
  };
}

function ofRow(row: AttemptRow): LoggedAttempt {
  return {
    number: row.number,
    at: row.at,
    status: row.status,
    error: row.error,
    latencyMs: row.latency_ms,
    requestHeaders: readJson(row.request_headers),
    responseHeaders: row.response_headers === null ? null : readJson(row.response_headers),
    responseBody: row.response_body,
    replayId: row.replay_id,
    part: row.part,
  };
}
