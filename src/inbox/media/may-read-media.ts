import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import { readableChats } from '../permissions.ts';
import type { MediaRow } from './media-row.ts';

/**
 * Whether a user may see a file: their own upload, or one in a message of a chat that they may read.
 * Admins see all, uploads included that are in no message yet.
 */
export async function mayReadMedia(
  db: Database,
  user: User,
  file: Pick<MediaRow, 'id' | 'user_id'>,
): Promise<boolean> {
  if (user.role === 'admin' || file.user_id === user.id) return true;
  const message = await db.first(sql`
    select 1 from messages m join chats c on c.wa_id = m.chat
    where m.media_id = ${file.id} and ${readableChats(user)} limit 1`);
  return message !== undefined;
}
