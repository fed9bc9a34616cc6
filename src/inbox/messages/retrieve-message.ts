import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import { presentMessages } from './load-messages.ts';
import { readableChats } from '../permissions.ts';
import type { ApiMessage, MessageRow } from './present-message.ts';
import type { Links } from '../media/links.ts';

/**
 * Returns the message with this id, ours or WhatsApp's, as its user sees it. Undefined where there is
 * none that the user may read.
 */
export async function retrieveMessage(
  db: Database,
  user: User,
  id: string,
  links: Links,
): Promise<ApiMessage | undefined> {
  const row = await db.first<MessageRow>(sql`
    select m.* from messages m join chats c on c.wa_id = m.chat
    where (m.id = ${id.toLowerCase()} or m.waba_id = ${id}) and ${readableChats(user)} limit 1`);
  if (row === undefined) return undefined;
  const [message] = await presentMessages(db, [row], { userId: user.id, ...links });
  return message;
}
