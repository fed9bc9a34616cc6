import { sql } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import { presentMessages } from '../messages/load-messages.ts';
import { newestMessages, selectInOrder } from '../messages/message-queries.ts';
import type { ApiMessage, MessageRow } from '../messages/present-message.ts';
import type { Links } from '../media/links.ts';

/** The newest messages of a chat that are looked at: enough to know what it is about. */
const LOOKED_AT = 20;

/**
 * Returns the messages that someone is told of when a chat is assigned to them, oldest first: what the
 * customer wrote lately and they have not received, or else the customer's last message, or else ours.
 * A program that reacts to each so meets none twice, and always learns of the chat. Empty for a chat
 * without messages.
 */
export async function heldMessages(
  db: Database,
  chat: string,
  userId: number,
  links: Links,
): Promise<ApiMessage[]> {
  const [newest, [mark]] = await db.batch<[MessageRow[], { ordinal: number }[]]>([
    selectInOrder(newestMessages({ chat }, sql`limit ${LOOKED_AT}`)),
    sql`select ordinal from marks where user_id = ${userId} and chat = ${chat}`,
  ]);
  const rows = pickHeld(newest, mark?.ordinal ?? 0).toReversed();
  return presentMessages(db, rows, { userId, ...links });
}

function pickHeld(newest: readonly MessageRow[], mark: number): MessageRow[] {
  const incoming = newest.filter((message) => message.ordinal !== null);
  const fresh = incoming.filter((message) => (message.ordinal ?? 0) > mark);
  return fresh.length > 0 ? fresh : [incoming[0] ?? newest[0] ?? []].flat();
}
