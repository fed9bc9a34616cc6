import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { jsonList } from '../../store/database.ts';
import { type DeliveryFilter, passes } from './delivery-filter.ts';
import { keptReceipts } from './kept-receipts.ts';
import type { LogScope } from './log-window.ts';

/** What of the log is selected. */
export interface LogQuery {
  scope: LogScope;
  /** Selects `hi` and `lo`, between which the sequence numbers are. */
  bounds: SQL;
  filter: DeliveryFilter;
  reader: User;
  limit: number;
}

/**
 * Selects deliveries as `LogRow`s, newest first. A delivery has a row, or a receipt with its event;
 * where it has both, as after a retry by hand, the row says how it stands.
 */
export function selectLogged({ scope, bounds, filter, reader, limit }: LogQuery): SQL {
  return sql`
    with bounds (hi, lo) as materialized (${bounds}), page as materialized (
      select * from (
        ${selectRows(scope)} ${scope.hasReceipts ? sql`union all ${selectReceipts(scope)}` : sql``}
      ) where ${passes(filter, reader)} order by seq desc, webhook_id desc limit ${limit}
    )
    select page.*, w.is_enabled, w.disabled_reason, w.breaker_opened_at, w.probe_at, w.turn_until,
      page.state = 'due' and w.ordering = 'chat' and ${isBehind()} as is_behind
    from page cross join webhooks w on w.id = page.webhook_id
    order by page.seq desc, page.webhook_id desc`;
}

/**
 * Whether another delivery comes first in one of its chats, or a replay that is still to bring what was
 * missed; over `page`. What is held for long is never due, so that few rows are asked for.
 */
function isBehind(): SQL {
  return sql`(exists (
      select 1 from chat_queue q indexed by chat_queue_by_seq cross join chat_queue p
        on p.webhook_id = q.webhook_id and p.chat = q.chat and p.seq < q.seq
      where q.webhook_id = page.webhook_id and q.seq = page.seq
    ) or exists (
      select 1 from replays r where r.webhook_id = page.webhook_id and r.state = 'running'
        and r.until_seq < page.seq and r.filter->>'$.missed'))`;
}

function selectRows({ webhookIds, from }: LogScope): SQL {
  const [first, ...others] = webhookIds;
  // The plus keeps a range of everybody's on the index of sequence numbers.
  const isOfThem =
    others.length > 0 ? sql`+d.webhook_id in ${listed(webhookIds)}` : sql`d.webhook_id = ${first}`;
  return sql`
    select d.webhook_id, d.seq, d.state, d.attempts, d.next_at, d.last_error, d.attempted_at, d.status,
      d.error, d.latency_ms, d.replay_id, d.part, e.id as event_id, e.kind, e.chats, e.created_at
    from deliveries d cross join events e on e.seq = d.seq
    where d.seq >= (select lo from bounds) and d.seq <= (select hi from bounds) and ${isOfThem}
      and (d.seq < ${from.seq} or d.webhook_id < ${from.webhookId})`;
}

function selectReceipts({ webhookIds, from }: LogScope): SQL {
  const webhook = sql`(r.value->>'webhook')`;
  return sql`
    select ${webhook}, e.seq, 'delivered', 1, 0, null, r.value->>'at', r.value->>'status',
      null, r.value->>'ms', null, 0, e.id, e.kind, e.chats, e.created_at
    from events e cross join json_each(${keptReceipts()}) r
    where e.seq >= (select lo from bounds) and e.seq <= (select hi from bounds)
      and ${webhook} in ${listed(webhookIds)}
      and (e.seq < ${from.seq} or ${webhook} < ${from.webhookId})
      and not exists (select 1 from deliveries d where d.webhook_id = ${webhook} and d.seq = e.seq)`;
}

function listed(ids: readonly number[]): SQL {
  return sql`(select value from json_each(${jsonList(ids)}))`;
}
