import { sql, type SQL } from 'drizzle-orm';

/** A place in the log, which is sorted by sequence number and webhook, both descending. */
export interface LogPosition {
  seq: number;
  /** Of the deliveries of that event, those to webhooks with a lower id come after it. */
  webhookId: number;
}

/** Where a part of the log is looked for. */
export interface LogScope {
  /** The webhooks that it is about: at least one. */
  webhookIds: readonly number[];
  /** Whether receipts are wanted too, or only deliveries with a row of their own. */
  hasReceipts: boolean;
  from: LogPosition;
  /** Nothing up to this sequence number is looked at. */
  above: number;
}

/** The part of the sequence numbers that one query looks at; both null where there is nothing. */
export interface LogWindow {
  hi: number | null;
  lo: number | null;
  /** 1 where there is something below it. */
  has_more: number;
}

/** The position before all deliveries of an event and of those before it. */
export function upTo(seq: number): LogPosition {
  return { seq, webhookId: Number.MAX_SAFE_INTEGER };
}

/**
 * Selects the window as `hi` and `lo`: `size` sequence numbers where receipts are wanted, since they
 * lie in their events; else as many as there are `size` rows of deliveries in. Gaps are leapt over.
 */
export function selectBounds(scope: LogScope, size: number): SQL {
  const { from, above } = scope;
  const among = sql`${tableOf(scope)} and seq <= ${from.seq} and seq > ${above}`;
  const newest = sql`select max(seq) as hi from ${among}`;
  if (scope.hasReceipts)
    return sql`select hi, max(hi - ${size - 1}, ${above + 1}) as lo from (${newest})`;
  const lowest = sql`select seq from ${among} order by seq desc limit 1 offset ${size - 1}`;
  return sql`select hi, iif(hi is null, null, coalesce((${lowest}), ${above + 1})) as lo from (${newest})`;
}

/** Selects a `LogWindow`; `bottom` is the sequence number that nothing at all is wanted up to. */
export function selectWindow(scope: LogScope, size: number, bottom: number): SQL {
  return sql`select hi, lo, exists (
      select 1 from ${tableOf(scope)} and seq < lo and seq > ${bottom}
    ) as has_more from (${selectBounds(scope, size)})`;
}

/** One webhook's rows are found by the primary key, everybody's by the index of sequence numbers. */
function tableOf({ hasReceipts, webhookIds }: LogScope): SQL {
  if (hasReceipts) return sql`events where true`;
  const [first, ...others] = webhookIds;
  return others.length > 0
    ? sql`deliveries where true`
    : sql`deliveries where webhook_id = ${first}`;
}

/** Where to go on below a window, or null where the log ends. */
export function goOn(window: LogWindow, scope: LogScope, bottom: number): LogPosition | null {
  if (window.lo !== null) return window.has_more === 1 ? upTo(window.lo - 1) : null;
  // No receipt is left, but there may be rows of events from before the webhooks, which were replayed.
  return scope.hasReceipts && scope.above > bottom ? upTo(scope.above) : null;
}
