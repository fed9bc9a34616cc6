import type { User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { rangeOf } from '../replays/replay-range.ts';
import { type DeliveryFilter, wantsReceipts } from './delivery-filter.ts';
import { selectLogged } from './log-queries.ts';
import { reachOf } from './log-reach.ts';
import {
  goOn,
  type LogPosition,
  type LogScope,
  type LogWindow,
  selectBounds,
  selectWindow,
  upTo,
} from './log-window.ts';
import { type LoggedDelivery, type LogRow, toLogged } from './logged-delivery.ts';

/**
 * How much a request looks at, query by query: most pages are full after the first, and one that
 * finds nothing must still end.
 */
const WINDOW_SIZES = [100, 1_000, 1_000, 1_000, 1_000];

/** What someone asks of the log. */
export interface LogRequest {
  /** Only this webhook's deliveries. */
  webhookId?: number | undefined;
  filter: DeliveryFilter;
  /** What comes after this position; the newest where it is not said. */
  from?: LogPosition | undefined;
  limit: number;
}

/** A part of the log. It may be short, even empty, while there is more: `next` is where that begins. */
export interface LogPage {
  deliveries: LoggedDelivery[];
  next: LogPosition | null;
}

/**
 * Lists the deliveries to the webhooks that `actor` may see, newest event first. What is written
 * meanwhile moves nothing that was not listed yet. Throws `not_found` where the webhook does not exist
 * or is somebody else's.
 */
export async function listDeliveries(
  { db }: StackContext,
  actor: User,
  request: LogRequest,
): Promise<LogPage> {
  const reach = await reachOf(db, actor, request.webhookId);
  if (reach.webhookIds.length === 0) return { deliveries: [], next: null };
  const { top, bottom } = await boundsOf(db, request.filter);
  const rows: LogRow[] = [];
  let next: LogPosition | null = startOf(request.from, top);
  for (const size of WINDOW_SIZES) {
    if (next === null) break;
    const hasReceipts: boolean = wantsReceipts(request.filter) && next.seq > reach.receiptsAbove;
    const above = hasReceipts ? Math.max(reach.receiptsAbove, bottom) : bottom;
    const scope: LogScope = { webhookIds: reach.webhookIds, hasReceipts, from: next, above };
    const [[window], found]: [LogWindow[], LogRow[]] = await db.batch<[LogWindow[], LogRow[]]>([
      selectWindow(scope, size, bottom),
      selectLogged({
        scope,
        bounds: selectBounds(scope, size),
        filter: request.filter,
        reader: actor,
        limit: request.limit + 1 - rows.length,
      }),
    ]);
    rows.push(...found);
    if (rows.length > request.limit) return toPage(rows, actor, request.limit);
    next = window === undefined ? null : goOn(window, scope, bottom);
  }
  return { deliveries: rows.map((row) => toLogged(row, actor, Date.now())), next };
}

/** A full page of rows of which there is one more than fits. */
function toPage(rows: readonly LogRow[], actor: User, limit: number): LogPage {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    deliveries: shown.map((row) => toLogged(row, actor, Date.now())),
    next: last === undefined ? null : { seq: last.seq, webhookId: last.webhook_id },
  };
}

function startOf(from: LogPosition | undefined, top: number): LogPosition {
  return from === undefined || from.seq > top ? upTo(top) : from;
}

/** The sequence numbers that the times of a filter come down to. */
async function boundsOf(
  db: Database,
  { after, before }: DeliveryFilter,
): Promise<{ top: number; bottom: number }> {
  if (after === undefined && before === undefined)
    return { top: Number.MAX_SAFE_INTEGER, bottom: 0 };
  const range = await rangeOf(db, 0, { after, before });
  return { top: range.until, bottom: range.after };
}
