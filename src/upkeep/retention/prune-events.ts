import { lte, sql, type SQL } from 'drizzle-orm';
import { contentsKeys, type EventRow } from '../../events/event.ts';
import { jsonList } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { chat_queue, events, statuses } from '../../store/schema.ts';
import { deletePlaces, releaseHeld } from '../../webhooks/chat-queue.ts';
import { deleteDeliveries } from '../../webhooks/delivery-rows.ts';
import { deleteAttempts } from '../../webhooks/log/attempt-log.ts';
import { NOTHING, type Pruned, windowIf } from './prune-oldest.ts';

/** Events removed by one step. */
const MAX_EVENTS = 200;

/** What they may take up in the database: one statement removes it, and its pages are written. */
const MAX_BYTES = 20_000_000;

type OldEvent = Pick<EventRow, 'seq' | 'id' | 'in_r2' | 'created_at'> & { bytes: number };

/**
 * Removes the oldest events where they are older than `before` (milliseconds), with all that belongs
 * to them: contents, deliveries (due ones too, for nothing of the event can be sent any more), attempts
 * and places in queues. The newest event stays: its sequence number would be given out again. `now` is
 * in milliseconds.
 */
export async function pruneEvents(
  { db, files }: Pick<StackContext, 'db' | 'files'>,
  before: number,
  now: number,
): Promise<Pruned> {
  const oldest = sql`select created_at from ${events} order by seq limit 1`;
  const window = await db.all<OldEvent>(sql`
    select seq, id, in_r2, created_at,
      coalesce(octet_length(body), 0) + coalesce(octet_length(extended), 0) as bytes
    from ${events} where seq < (select max(seq) from ${events})
    order by seq limit ${windowIf(oldest, before, MAX_EVENTS)}`);
  const old = firstOld(window, before);
  const upTo = old.at(-1)?.seq;
  if (upTo === undefined) return NOTHING;
  // First what no row leads to afterwards.
  const keys = old.filter((event) => event.in_r2 === 1).flatMap(contentsKeys);
  if (keys.length > 0) await files.delete(keys);
  const queues = await db.all(
    query
      .select({ webhook_id: chat_queue.webhook_id, chat: chat_queue.chat })
      .from(chat_queue)
      .where(lte(chat_queue.seq, upTo)),
  );
  await db.batch([
    deleteOrphans(upTo),
    ...(queues.length === 0 ? [] : [deletePlaces(sql`seq <= ${upTo}`)]),
    deleteDeliveries(sql`seq <= ${upTo}`),
    deleteAttempts(sql`seq <= ${upTo}`),
    query.delete(events).where(lte(events.seq, upTo)),
    ...(queues.length === 0 ? [] : [releaseHeld(firstOfQueues(queues), now)]),
  ]);
  const next = window[old.length];
  const hasMore = next === undefined ? window.length === MAX_EVENTS : next.created_at < before;
  return { removed: old.length, hasMore };
}

/**
 * Statuses go with the message that they are about. Those of messages that were not sent by us have
 * none, so they go with their event; only a body in R2 keeps them out of its row.
 */
function deleteOrphans(upTo: number): SQL {
  return sql`delete from ${statuses}
    where waba_id in (
        select s.value->>'id' from ${events} e join json_each(iif(json_valid(e.extended), e.extended, '{}'), '$.statuses') s where e.seq <= ${upTo})
      and not exists (select 1 from messages m where m.waba_id = statuses.waba_id)`;
}

/** Those before the first that is young, as long as they are not too large together. */
function firstOld(window: readonly OldEvent[], before: number): OldEvent[] {
  let bytes = 0;
  const end = window.findIndex((event, index) => {
    bytes += event.bytes;
    return event.created_at >= before || (index > 0 && bytes > MAX_BYTES);
  });
  return end < 0 ? [...window] : window.slice(0, end);
}

/** Selects the first delivery in each of some queues, as `(webhook_id, seq)`. */
function firstOfQueues(queues: readonly { webhook_id: number; chat: string }[]): SQL {
  return sql`select j.value->>'webhook_id', (
      select min(q.seq) from chat_queue q
      where q.webhook_id = j.value->>'webhook_id' and q.chat = j.value->>'chat')
    from json_each(${jsonList(queues)}) j`;
}
