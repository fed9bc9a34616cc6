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

/** Where the bytes of a file lie among the stack's files. */
export function mediaKey(id: string): string {
  return `media/${id}`;
}
