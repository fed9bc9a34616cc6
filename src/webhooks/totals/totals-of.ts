import { sql } from 'drizzle-orm';
import { jsonList, type Database } from '../../store/database.ts';
import type { webhook_totals } from '../../store/schema.ts';

export type TotalsRow = typeof webhook_totals.$inferSelect;

/** How often attempts of a webhook succeeded and failed since it was made. */
export interface Totals {
  delivered: number;
  failed: number;
}

/**
 * Returns the totals of webhooks by id, zeros for one that was not attempted yet. They say what
 * `addUpTotals` has added so far; call `bringTotalsUpToDate` before where that matters.
 */
export async function totalsOf(
  db: Database,
  webhookIds: readonly number[],
): Promise<Map<number, Totals>> {
  const rows = await db.all<Totals & { webhook_id: number }>(sql`
    select webhook_id, delivered, failed from webhook_totals
    where webhook_id in (select value from json_each(${jsonList(webhookIds)}))`);
  const known = new Map(rows.map(({ webhook_id, ...totals }) => [webhook_id, totals]));
  return new Map(webhookIds.map((id) => [id, known.get(id) ?? { delivered: 0, failed: 0 }]));
}
