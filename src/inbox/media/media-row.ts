import { desc, eq, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { type Database, jsonList } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { chats, media, messages } from '../../store/schema.ts';
import { isUuid } from '../../waba/callback-data.ts';
import { readableChats } from '../permissions.ts';

export type MediaRow = typeof media.$inferSelect;

/** Returns a file's row, or undefined. An id that is no UUID is not looked for. */
export async function findMedia(db: Database, id: string): Promise<MediaRow | undefined> {
  if (!isUuid(id)) return undefined;
  return db.first(query.select().from(media).where(eq(media.id, id)));
}

/** The longest id of WABA's that is looked for. */
const MAX_WABA_ID_CHARACTERS = 200;

/** Returns the row of a file by our id or by WABA's id of an incoming one, the newest of several; or undefined. */
export async function findMediaByAnyId(db: Database, id: string): Promise<MediaRow | undefined> {
  const ours = await findMedia(db, id.toLowerCase());
  if (ours !== undefined || id.length > MAX_WABA_ID_CHARACTERS) return ours;
  return db.first(
    query
      .select()
      .from(media)
      .where(eq(media.waba_id, id))
      .orderBy(desc(media.created_at))
      .limit(1),
  );
}

/** Where the bytes of a file lie among the stack's files. */
export function mediaKey(id: string): string {
  return `media/${id}`;
}

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
      select 1 from ${messages} m join ${chats} c on c.wa_id = m.chat
      where m.media_id = asked.value and ${readableChats(user)})`);
  return new Set([...own, ...found.map(({ id }) => id)]);
}
