import { sql, type SQL } from 'drizzle-orm';
import { jsonList } from '../../store/database.ts';
import { hasPredecessor } from '../../webhooks/chat-queue.ts';
import { NEVER_MS } from '../../webhooks/enablement.ts';

/** Selects the first delivery in each of some queues, as `(webhook_id, seq)`. */
export function firstOfQueues(queues: readonly { webhook_id: number; chat: string }[]): SQL {
  return sql`select j.value->>'webhook_id', (
      select min(q.seq) from chat_queue q
      where q.webhook_id = j.value->>'webhook_id' and q.chat = j.value->>'chat')
    from json_each(${jsonList(queues)}) j`;
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
