import { sql } from 'drizzle-orm';
import type { Database } from '../../store/database.ts';
import type { media } from '../../store/schema.ts';
import { isUuid } from '../../waba/uuid.ts';

export type MediaRow = typeof media.$inferSelect;

/** Returns a file's row, or undefined. An id that is no UUID is not looked for. */
export async function findMedia(db: Database, id: string): Promise<MediaRow | undefined> {
  if (!isUuid(id)) return undefined;
  return db.first<MediaRow>(sql`select * from media where id = ${id}`);
}

/** The longest id of WABA's that is looked for. */
const MAX_WABA_ID_CHARACTERS = 200;

/** Returns the row of a file by our id or by WABA's id of an incoming one, the newest of several; or undefined. */
export async function findMediaByAnyId(db: Database, id: string): Promise<MediaRow | undefined> {
  const ours = await findMedia(db, id.toLowerCase());
  if (ours !== undefined || id.length > MAX_WABA_ID_CHARACTERS) return ours;
  return db.first<MediaRow>(sql`
    select * from media where waba_id = ${id} order by created_at desc limit 1`);
}

/** Where the bytes of a file lie among the stack's files. */
export function mediaKey(id: string): string {
  return `media/${id}`;
}
