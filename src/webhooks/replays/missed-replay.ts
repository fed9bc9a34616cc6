import { sql, type SQL } from 'drizzle-orm';
import { events, replays, webhooks } from '../../store/schema.ts';
import { NOT_COUNTED } from './replay.ts';

/** How fast a webhook gets what came while it was disabled. */
const PER_SECOND = 50;

/**
 * The statements that send a webhook what came while it was disabled: a replay of the events after its
 * `missed_after`, and another go for the replays that slept meanwhile. For the batch that enables it,
 * before `missed_after` is cleared; they do nothing while it is disabled. `now` in milliseconds.
 */
export function replayMissed(webhookId: number, now: number): SQL[] {
  return [
    sql`insert into ${replays} (webhook_id, user_id, state, filter, cursor_seq, until_seq, total, per_second,
          next_at, created_at)
        select id, user_id, 'running', json_object('missed', json('true'), 'after_sequence', first,
          'until_sequence', last, 'states', json('["none"]')), first, last, ${NOT_COUNTED}, ${PER_SECOND},
          ${now}, ${now}
        from (
          select w.id, w.user_id, e.last,
            max(w.missed_after, w.since_seq, coalesce(e.first - 1, 0)) as first
          from ${webhooks} w, (select (select min(seq) from ${events}) as first, (select max(seq) from ${events}) as last) e
          where w.id = ${webhookId} and w.is_enabled = 1 and w.missed_after is not null
        ) where first < last`,
    sql`update ${replays} set next_at = ${now}
        where webhook_id = ${webhookId} and state = 'running' and next_at > ${now}
          and exists (select 1 from ${webhooks} where id = ${webhookId} and is_enabled = 1)`,
  ];
}
