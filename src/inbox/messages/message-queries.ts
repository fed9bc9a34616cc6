import { sql, type SQL } from 'drizzle-orm';
import { countRows, takePart } from '../long-list.ts';
import type { Part } from '../part.ts';
import { passes, type MessageFilter } from './message-filter.ts';

/** Newest first; `n` decides between equal timestamps. All indexes by time are in this order. */
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
