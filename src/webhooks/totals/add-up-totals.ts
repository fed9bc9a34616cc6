import { notInArray, sql, type SQL } from 'drizzle-orm';
import { counterOf, raiseCounters } from '../../inbox/counters.ts';
import { type Database, isOneOf } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { webhook_totals, webhooks } from '../../store/schema.ts';

export type TotalsRow = typeof webhook_totals.$inferSelect;

/** How often attempts of a webhook succeeded and failed since it was made. */
interface Totals {
  delivered: number;
  failed: number;
}

/**
 * The columns of `webhook_totals` that an attempt's duration is counted in, and up to how many
 * milliseconds each reaches, from the shortest on. An attempt counts in the first that it fits; what
 * takes longer than the last counts in none, since the number of all attempts is known.
 */
export const LATENCY_BUCKETS = [
  ['le_50', 50],
  ['le_100', 100],
  ['le_250', 250],
  ['le_500', 500],
  ['le_1000', 1_000],
  ['le_2500', 2_500],
  ['le_5000', 5_000],
  ['le_15000', 15_000],
] as const;

/** How many events, and how many attempts, one call adds at most. */
const MAX_ADDED = 5_000;

/** What a scrape or a reader waits for at most: a backlog of so many calls. */
const MAX_ROUNDS = 10;

/**
 * Adds to the totals of the webhooks what the log says anew: the receipts of events and the attempts of
 * all others. Returns whether there is more to add. One transaction that begins with the cursors, so
 * calls at the same time count nothing twice; it writes nothing where nothing is new.
 *
 * An event gets its receipts when it is closed, and events close out of order, so it goes only up to
 * the first open one. That holds it up for as long as the event is open, and no longer: an event that
 * fails time and again is closed and becomes a dead letter. Its receipts, should it be opened again
 * after that, are left out: the cursor has passed it.
 */
export async function addUpTotals(db: Database): Promise<boolean> {
  const results = await db.batch<{ is_more: number }[][]>([
    addToTotals(),
    moveCursors(),
    query
      .delete(webhook_totals)
      .where(
        notInArray(webhook_totals.webhook_id, query.select({ id: webhooks.id }).from(webhooks)),
      ),
    sql`with ${span()} select until_seq > after_seq or until_n > after_n as is_more from span`,
  ]);
  return results.at(-1)?.[0]?.is_more === 1;
}

/** Brings the totals up to date before they are read; after a long standstill only some way. */
export async function bringTotalsUpToDate(db: Database): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (!(await addUpTotals(db))) return;
  }
}

/**
 * The table expression of what one call adds: events after `after_seq` up to `until_seq`, attempts
 * after `after_n` up to `until_n`. Sequence numbers have no gaps, but the log may have lost its oldest.
 */
function span(): SQL {
  return sql`
    cursors as (
      select ${counterOf('totalled_seq')} as after_seq, ${counterOf('totalled_attempt')} as after_n),
    span as (
      select after_seq, after_n,
        min(
          max(after_seq, coalesce((select min(seq) - 1 from events), 0)) + ${MAX_ADDED},
          coalesce(
            (select min(seq) - 1 from events where open = 1 and seq > after_seq),
            (select max(seq) from events),
            0)) as until_seq,
        min(
          max(after_n, coalesce((select min(n) - 1 from attempts), 0)) + ${MAX_ADDED},
          coalesce((select max(n) from attempts), 0)) as until_n
      from cursors)`;
}

/** A deleted webhook gets no row again. */
function addToTotals(): SQL {
  const columns = sql.raw(LATENCY_BUCKETS.map(([column]) => column).join(', '));
  const additions = sql.raw(
    ['delivered', 'failed', 'latency_ms', ...LATENCY_BUCKETS.map(([column]) => column)]
      .map((column) => `${column} = ${column} + excluded.${column}`)
      .join(', '),
  );
  // "cross join": the one row of the span comes first, and each table is entered at its place.
  return sql`
    insert into webhook_totals (webhook_id, delivered, failed, latency_ms, ${columns})
    with ${span()}, tried as (
      select r.value->>'webhook' as webhook_id, 1 as is_success, r.value->>'ms' as ms
      from span cross join events e cross join json_each(e.receipts) r
      where e.seq > after_seq and e.seq <= until_seq
      union all
      select webhook_id, error is null and coalesce(status between 200 and 299, 0), latency_ms
      from span cross join attempts where n > after_n and n <= until_n)
    select webhook_id, sum(is_success), sum(1 - is_success), sum(ms), ${countsByBucket()}
    from tried where webhook_id in (select id from webhooks) group by webhook_id
    on conflict (webhook_id) do update set ${additions}`;
}

function countsByBucket(): SQL {
  const counts = LATENCY_BUCKETS.map(([, toMs], index) => {
    const fromMs = LATENCY_BUCKETS[index - 1]?.[1] ?? -1;
    return `sum(ms > ${fromMs} and ms <= ${toMs})`;
  });
  return sql.raw(counts.join(', '));
}

function moveCursors(): SQL {
  return raiseCounters(sql`
    with ${span()}
    select 'totalled_seq', until_seq from span where until_seq > after_seq
    union all select 'totalled_attempt', until_n from span where until_n > after_n`);
}

/**
 * Returns the totals of webhooks by id, zeros for one that was not attempted yet. They say what
 * `addUpTotals` has added so far; call `bringTotalsUpToDate` before where that matters.
 */
export async function totalsOf(
  db: Database,
  webhookIds: readonly number[],
): Promise<Map<number, Totals>> {
  const { webhook_id, delivered, failed } = webhook_totals;
  const rows = await db.all(
    query
      .select({ webhook_id, delivered, failed })
      .from(webhook_totals)
      .where(isOneOf(webhook_id, webhookIds)),
  );
  const known = new Map(rows.map(({ webhook_id: id, ...totals }) => [id, totals]));
  return new Map(webhookIds.map((id) => [id, known.get(id) ?? { delivered: 0, failed: 0 }]));
}
