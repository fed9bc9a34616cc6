import { sql, type SQL } from 'drizzle-orm';
import { jsonChunks } from '../../store/database.ts';

/** Messages that some users have received. */
export interface Delivered {
  user_ids: readonly number[];
  /** Our ids; those of outgoing messages have no effect. */
  message_ids: readonly string[];
}

/**
 * The statements that mark messages, and all that came before them in their chats, as received by
 * users. Nearly always one, whatever the number of users, chats and messages. They never lower a mark,
 * and write no row where nothing changes.
 */
export function markDelivered(delivered: readonly Delivered[]): SQL[] {
  return jsonChunks(delivered).map(
    (list) => sql`
      insert into marks (user_id, chat, ordinal)
      select u.value, m.chat, max(m.ordinal)
      from json_each(${list}) d
        cross join json_each(d.value, '$.message_ids') i
        cross join messages m on m.id = i.value
        cross join json_each(d.value, '$.user_ids') u
      where m.ordinal is not null
      group by 1, 2
      ${RAISED}`,
  );
}

/** The statement that marks a chat's messages up to an ordinal as received by a user. Never lowers. */
export function markUpTo(userId: number, chat: string, ordinal: number): SQL {
  return sql`
    insert into marks (user_id, chat, ordinal) values (${userId}, ${chat}, ${ordinal}) ${RAISED}`;
}

const RAISED = sql`on conflict (user_id, chat)
    do update set ordinal = excluded.ordinal where excluded.ordinal > marks.ordinal`;
