import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import { chats } from '../../store/schema.ts';
import { bareNumber } from '../../waba/recipient.ts';
import { totalOf } from '../counters.ts';
import {
  asLongList,
  type Counted,
  countRows,
  type LongList,
  type PageRange,
  takePart,
} from '../long-list.ts';
import { readableChats } from '../permissions.ts';

/** A blocked customer as WABA lists one (spec: listBlockedContacts). */
export interface BlockedContact {
  input: string;
  wa_id: string;
}

/** What is asked of the blocked customers. */
export interface BlockedQuery {
  /** A number or the beginning of one; everyone where it is undefined. */
  phoneNumber: string | undefined;
  part: PageRange;
}

/**
 * Returns a part of the blocked customers whose chats a user may read, those heard of last first. Read
 * by the partial index of blocked chats, of which there are few.
 */
export async function listBlocked(
  db: Database,
  user: User,
  { phoneNumber, part }: BlockedQuery,
): Promise<LongList<BlockedContact>> {
  const digits = phoneNumber && startOf(phoneNumber);
  const isAsked =
    digits === undefined ? sql`true` : sql`substr(c.wa_id, 1, ${digits.length}) = ${digits}`;
  const from = sql`from ${chats} c where c.blocked_at is not null and ${readableChats(user)} and ${isAsked}`;
  const [rows, counted] = await db.batch<[{ wa_id: string }[], Counted[]]>([
    sql`select c.wa_id ${from} order by c.last_message desc, c.wa_id desc ${takePart(part)}`,
    countRows(from, totalOf('chats')),
  ]);
  const list = asLongList(rows, counted, part);
  return { ...list, items: list.items.map(({ wa_id }) => ({ input: wa_id, wa_id })) };
}

/** A user id has a dot, which in a number is only written between digits. */
function startOf(text: string): string {
  return /^[A-Z]{2}\./.test(text.trim()) ? text.trim() : bareNumber(text);
}
