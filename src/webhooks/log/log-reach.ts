import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import { reachableBy } from '../webhook.ts';
import { prunedSeq } from './kept-receipts.ts';

/** Whose deliveries someone may see. */
export interface LogReach {
  webhookIds: number[];
  /** No event up to this sequence number has a receipt of theirs. */
  receiptsAbove: number;
}

type ReachRow = { id: number; since_seq: number; pruned_seq: number };

/**
 * Returns the webhooks whose deliveries `actor` may see, or the one that is asked for. Throws
 * `not_found` where that does not exist or is somebody else's.
 */
export async function reachOf(
  db: Database,
  actor: User,
  webhookId: number | undefined,
): Promise<LogReach> {
  const rows = await db.all<ReachRow>(sql`
    select w.id, w.since_seq,
      ${prunedSeq()} as pruned_seq
    from webhooks w
    where ${reachableBy(actor)} and ${webhookId === undefined ? sql`true` : sql`w.id = ${webhookId}`}`);
  if (webhookId !== undefined && rows.length === 0) throw notFound();
  const since = Math.min(...rows.map((row) => row.since_seq));
  return {
    webhookIds: rows.map(({ id }) => id),
    receiptsAbove: Math.max(since, rows[0]?.pruned_seq ?? 0),
  };
}
