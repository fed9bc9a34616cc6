import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { jsonList, type Database } from '../../store/database.ts';
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
  return (await readableMedia(db, user, [file])).has(file.id);
}

/** Returns the ids of those files that a user may see, in one query at most. */
export async function readableMedia(
  db: Database,
  user: User,
  files: readonly Pick<MediaRow, 'id' | 'user_id'>[],
): Promise<Set<string>> {
  const isOwn = ({ user_id: owner }: Pick<MediaRow, 'user_id'>): boolean =>
    user.role === 'admin' || owner === user.id;
  const own = files.filter(isOwn).map(({ id }) => id);
  const others = files.filter((file) => !isOwn(file)).map(({ id }) => id);
  if (others.length === 0) return new Set(own);
  const found = await db.all<{ id: string }>(sql`
    select asked.value as id from json_each(${jsonList(others)}) asked where exists (
      select 1 from messages m join chats c on c.wa_id = m.chat
      where m.media_id = asked.value and ${readableChats(user)})`);
  return new Set([...own, ...found.map(({ id }) => id)]);
}
