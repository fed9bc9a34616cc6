import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../store/database.ts';
import { NEVER_MS } from './enablement.ts';
import type { Ordering } from './webhook.ts';

/**
 * The order within a chat, for webhooks with `ordering: chat`. Each delivery that such a webhook has
 * still to get stands in `chat_queue`, once for each chat that its event is about; it may go when it is
 * the first in all of them. What waits behind another is held: its row is never due, so that it costs
 * nothing until the one before it has ended.
 */

/** A delivery by its key. */
export interface DeliveryKey {
  webhook_id: number;
  seq: number;
}

/**
 * The statements that put pending deliveries into the queues of their chats and hold those that have
 * another before them. To follow, in one batch, the statement that makes them due. Does nothing about
 * webhooks without order.
 */
export function joinQueue(deliveries: readonly DeliveryKey[]): SQL[] {
  if (deliveries.length === 0) return [];
  const keys = jsonList(deliveries);
  return [
    sql`insert into chat_queue (webhook_id, chat, seq)
        select d.webhook_id, c.value->>'wa_id', d.seq
        from json_each(${keys}) k
        join webhooks w on w.id = k.value->>'webhook_id' and w.ordering = 'chat'
        join deliveries d on d.webhook_id = w.id and d.seq = k.value->>'seq' and d.state = 'due'
        join events e on e.seq = d.seq
        join json_each(e.chats) c
        where true on conflict do nothing`,
    sql`update deliveries set next_at = ${NEVER_MS}
        where (webhook_id, seq) in (select value->>'webhook_id', value->>'seq' from json_each(${keys}))
          and state = 'due' and next_at != ${NEVER_MS} and ${hasPredecessor()}`,
  ];
}

/**
 * The statements that take a delivery, which has come to its end, out of the queues of its chats and
 * make due at `now` (milliseconds) what waited right behind it.
 */
export function leaveQueue({ webhook_id, seq }: DeliveryKey, now: number): SQL[] {
  return [
    sql`update deliveries set next_at = ${now}
        where webhook_id = ${webhook_id} and state = 'due' and next_at = ${NEVER_MS}
          and exists (select 1 from webhooks where id = ${webhook_id} and is_enabled = 1)
          and seq in (
            select (select min(f.seq) from chat_queue f
              where f.webhook_id = q.webhook_id and f.chat = q.chat and f.seq > q.seq)
            from chat_queue q indexed by chat_queue_by_seq where q.webhook_id = ${webhook_id} and q.seq = ${seq})`,
    sql`delete from chat_queue where webhook_id = ${webhook_id} and seq = ${seq}`,
  ];
}

/** The statements that put what is pending of a webhook in order, or free what order has held. */
export function reorder(webhookId: number, ordering: Ordering | undefined, now: number): SQL[] {
  if (ordering === undefined) return [];
  if (ordering === 'none') {
    return [
      sql`update deliveries set next_at = ${now}
          where webhook_id = ${webhookId} and state = 'due' and next_at = ${NEVER_MS} and ${hasPredecessor()}
            and exists (select 1 from webhooks where id = ${webhookId} and is_enabled = 1)`,
      sql`delete from chat_queue where webhook_id = ${webhookId}`,
    ];
  }
  return [
    sql`insert into chat_queue (webhook_id, chat, seq)
        select d.webhook_id, c.value->>'wa_id', d.seq
        from deliveries d join events e on e.seq = d.seq join json_each(e.chats) c
        where d.webhook_id = ${webhookId} and d.state = 'due' on conflict do nothing`,
    holdBlocked(webhookId, now),
  ];
}

/** The statement that holds what is due of a webhook although another comes before it. */
export function holdBlocked(webhookId: number, now: number): SQL {
  return sql`update deliveries set next_at = ${NEVER_MS}
    where webhook_id = ${webhookId} and state = 'due' and next_at <= ${now} and ${hasPredecessor()}`;
}

/**
 * Whether another delivery to the same webhook comes first in a chat; over a row of `deliveries`. The
 * index and the order of the join are named, or SQLite would walk all of the webhook's queue for each row.
 */
export function hasPredecessor(): SQL {
  return sql`exists (
    select 1 from chat_queue q indexed by chat_queue_by_seq cross join chat_queue p
      on p.webhook_id = q.webhook_id and p.chat = q.chat and p.seq < q.seq
    where q.webhook_id = deliveries.webhook_id and q.seq = deliveries.seq)`;
}

/**
 * The statement that makes due at `now` (milliseconds) what waited behind places in queues that are
 * gone. `candidates` selects `(webhook_id, seq)`; what has another delivery before it goes on waiting.
 */
export function releaseHeld(candidates: SQL, now: number): SQL {
  return sql`update deliveries set next_at = ${now}
    where (webhook_id, seq) in (${candidates}) and state = 'due' and next_at = ${NEVER_MS}
      and exists (select 1 from webhooks where id = deliveries.webhook_id and is_enabled = 1)
      and not ${hasPredecessor()}`;
}

/** The statement that removes places in queues. What waited behind them is to be released. */
export function deletePlaces(condition: SQL): SQL {
  return sql`delete from chat_queue where ${condition}`;
}
