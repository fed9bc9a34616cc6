import { sql } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import { prunedSeq } from '../../webhooks/log/kept-receipts.ts';
import { NOTHING, windowIf, type Pruned } from './prune-oldest.ts';

/** Events whose log is looked at by one step. */
const MAX_EVENTS = 500;

/**
 * Receipts as short as this, of some five subscribers, stay in their row until the event goes: to write the
 * row costs more than to keep them for the two months (D1's pricing, and `RETENTION_…` as it is by default).
 */
const MAX_LEFT_BYTES = 300;

/**
 * Removes what the log has of the deliveries of events that are older than `before` (milliseconds): the
 * rows of deliveries that have ended, and receipts, which nobody sees from then on. One row written
 * per event with many receipts, and one per step to know how far this has come.
 */
export async function pruneLog(db: Database, before: number): Promise<Pruned> {
  const cursor = prunedSeq();
  const oldest = sql`select created_at from events where seq > ${cursor} order by seq limit 1`;
  const window = await db.all<{ seq: number; created_at: number }>(sql`
    select seq, created_at from events where seq > ${cursor}
    order by seq limit ${windowIf(oldest, before, MAX_EVENTS)}`);
  const young = window.findIndex((event) => event.created_at >= before);
  const old = young < 0 ? window : window.slice(0, young);
  const [first, last] = [old[0], old.at(-1)];
  if (first === undefined || last === undefined) return NOTHING;
  const [, deliveries = []] = await db.batch([
    sql`update events set receipts = null
        where seq between ${first.seq} and ${last.seq} and octet_length(receipts) > ${MAX_LEFT_BYTES}`,
    sql`delete from deliveries where seq between ${first.seq} and ${last.seq} and state != 'due'
        returning seq`,
    sql`insert into counters (name, value) values ('log_pruned_seq', ${last.seq})
        on conflict (name) do update set value = max(value, excluded.value)`,
  ]);
  return { removed: deliveries.length, hasMore: old.length === MAX_EVENTS };
}
