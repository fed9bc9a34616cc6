import { and, eq, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { reachableBy, w } from '../webhook.ts';
import { prunedSeq } from './kept-receipts.ts';

/** Whose deliveries someone may see. */
export interface LogReach {
  webhookIds: number[];
  /** No event up to this sequence number has a receipt of theirs. */
  receiptsAbove: number;
}

/**
 * Returns the webhooks whose deliveries `actor` may see, or the one that is asked for. Throws
 * `not_found` where that does not exist or is somebody else's.
 */
export async function reachOf(
  db: Database,
  actor: User,
  webhookId: number | undefined,
): Promise<LogReach> {
  const isAsked = webhookId === undefined ? undefined : eq(w.id, webhookId);
  const pruned_seq = sql<number>`${prunedSeq()}`.as('pruned_seq');
  const rows = await db.all(
    query
      .select({ id: w.id, since_seq: w.since_seq, pruned_seq })
      .from(w)
      .where(and(reachableBy(actor), isAsked)),
  );
  if (webhookId !== undefined && rows.length === 0) throw notFound();
  const since = Math.min(...rows.map((row) => row.since_seq));
  return {
    webhookIds: rows.map(({ id }) => id),
    receiptsAbove: Math.max(since, rows[0]?.pruned_seq ?? 0),
  };
}
