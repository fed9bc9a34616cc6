import { sql, type SQL } from 'drizzle-orm';

/** Messages that a user has received. */
export interface Delivered {
  user_id: number;
  /** Our ids; those of outgoing messages have no effect. */
  message_ids: readonly string[];
}

/**
 * The statement that marks messages, and all that came before them in their chats, as received by
 * users. One statement over one parameter, whatever the number of users, chats and messages. Never
 * lowers a mark, and writes no row where nothing changes. Up to some 40,000 ids: a bound value holds
 * 2,000,000 bytes (D1's limits page).
 */
export function markDelivered(delivered: readonly Delivered[]): SQL {
  return sql`
    insert into marks (user_id, chat, ordinal)
    select d.value ->> 'user_id', m.chat, max(m.ordinal)
    from json_each(${JSON.stringify(delivered)}) d
      cross join json_each(d.value, '$.message_ids') i
      cross join messages m on m.id = i.value
    where m.ordinal is not null
    group by 1, 2
    ${RAISED}`;
}

/** The statement that marks a chat's messages up to an ordinal as received by a user. Never lowers. */
export function markUpTo(userId: number, chat: string, ordinal: number): SQL {
  return sql`
    insert into marks (user_id, chat, ordinal) values (${userId}, ${chat}, ${ordinal}) ${RAISED}`;
}

const RAISED = sql`on conflict (user_id, chat)
    do update set ordinal = excluded.ordinal where excluded.ordinal > marks.ordinal`;
