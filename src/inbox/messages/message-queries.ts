import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { readableAssigned } from '../chats/assignment-filter.ts';
import { countRows, reachOf, takePart } from '../long-list.ts';
import type { Part } from '../part.ts';
import { passes, type MessageFilter } from './message-filter.ts';

/** Newest first; `n` decides between equal timestamps. Both indexes of `messages` are in this order. */
export const NEWEST_FIRST = sql.raw('order by m.timestamp desc, m.n desc');

/** Selects a part of all messages that pass, of one chat or of the whole inbox. */
export function selectMessages(filter: MessageFilter, part: Part): SQL {
  return sql`select m.* from messages m where ${passes(filter)} ${NEWEST_FIRST} ${takePart(part)}`;
}

/** Counts what `selectMessages` lists. */
export function countMessages(filter: MessageFilter): SQL {
  return countRows(sql`from messages m where ${passes(filter)}`);
}

/** Selects how many messages a chat has as `count`. */
export function readMessageCount(chat: string): SQL {
  return sql`select message_count as count from chats where wa_id = ${chat}`;
}

/**
 * Selects a part of the messages that pass, of all chats that do and that the user may read. For someone who may
 * read few of many chats the inbox is not walked: only the chats with the newest messages can reach
 * into the part, one chat per message at most, and of each no more messages than it reaches.
 */
export function selectReadableMessages(user: User, filter: MessageFilter, part: Part): SQL {
  const reach = reachOf(part);
  return sql`
    select m.* from (
      select c.wa_id, rank() over (
        order by (select max(m.timestamp) from messages m where m.chat = c.wa_id and ${passes(filter)}) desc
      ) as place
      from chats c where ${readableAssigned(user, filter.assigned)}
    ) newest cross join messages m on m.n in (
      select m.n from messages m where m.chat = newest.wa_id and ${passes(filter)} ${NEWEST_FIRST} limit ${reach}
    )
    where newest.place <= ${reach} ${NEWEST_FIRST} ${takePart(part)}`;
}

/** Counts what `selectReadableMessages` lists. */
export function countReadableMessages(user: User, filter: MessageFilter): SQL {
  return countRows(sql`from chats c cross join messages m on m.chat = c.wa_id
    where ${readableAssigned(user, filter.assigned)} and ${passes(filter)}`);
}
