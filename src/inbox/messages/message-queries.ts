import { sql, type SQL } from 'drizzle-orm';
import { totalOf } from '../counters.ts';
import { countRows, type PageRange, takePart } from '../long-list.ts';
import { type MessageFilter, passes } from './message-filter.ts';

/** Newest first; `n` decides between equal timestamps. All indexes by time are in this order, each side by itself. */
export const NEWEST_FIRST = sql.raw('order by m.timestamp desc, m.n desc');

/**
 * Selects `n` and `timestamp` of the messages that pass, of one chat or of the whole inbox, newest first;
 * `limit` is the clause, `more` are further columns. What came in and what was sent are read side by side and merged, nothing is sorted.
 */
export function newestMessages(filter: MessageFilter, limit: SQL, more = sql``): SQL {
  const side = (fromUs: boolean): SQL =>
    sql`select m.n, m.timestamp ${more} from messages m where ${passes({ ...filter, fromUs })}`;
  if (filter.fromUs !== undefined) return sql`${side(filter.fromUs)} ${NEWEST_FIRST} ${limit}`;
  return sql`${side(false)} union all ${side(true)} order by 2 desc, 1 desc ${limit}`;
}

/** Selects a part of all messages that pass, of one chat or of the whole inbox. */
export function selectMessages(filter: MessageFilter, part: PageRange): SQL {
  return selectInOrder(newestMessages(filter, takePart(part)));
}

/** Selects the messages whose `n` and `timestamp` a query has, newest first. */
export function selectInOrder(found: SQL): SQL {
  return sql`select m.* from (${found}) found cross join messages m on m.n = found.n
    order by found.timestamp desc, found.n desc`;
}

/** Counts what `selectMessages` lists. */
export function countMessages(filter: MessageFilter): SQL {
  const either = filter.fromUs === undefined ? sql`m.from_us in (0, 1)` : sql`true`;
  const from = sql`from messages m where ${either} and ${passes(filter)}`;
  return countRows(from, mostMessages(filter));
}

/** How many messages can pass, as an expression. */
export function mostMessages({ chat }: Pick<MessageFilter, 'chat'>): SQL {
  if (chat === undefined) return totalOf('messages');
  return sql`(select message_count from chats where wa_id = ${chat})`;
}

/** Selects how many messages a chat has as `count`. */
export function readMessageCount(chat: string | SQL): SQL {
  return sql`select message_count as count from chats where wa_id = ${chat}`;
}
