import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import { readJson } from '../../store/database.ts';
import type { chat_taggings, message_taggings, tags } from '../../store/schema.ts';
import type { JsonRecord } from '../../waba/json-record.ts';

type TagRow = typeof tags.$inferSelect;
export type ChatTaggingRow = typeof chat_taggings.$inferSelect;
export type MessageTaggingRow = typeof message_taggings.$inferSelect;

/** A tag as the API shows one (spec: listTags). */
export type Tag = Pick<TagRow, 'id' | 'name' | 'web_inbox_color'>;

/** A tag on a chat or a message. `tagging_id` is what to delete to take it off again. */
export interface TagOn extends Tag {
  tagging_id: number;
}

/**
 * Throws `forbidden` where someone may use no tags. Only changing is using: whoever may read a chat sees
 * its tags, and the list of all must be open to clients that ask for it before anything else.
 */
export function assertMayUseTags(user: Pick<User, 'canUseTags'>): void {
  if (user.canUseTags) return;
  throw new WaypostError('forbidden', 'You do not have permission to use tags.');
}

/** Reads the column `extra`, a JSON object or null. */
export function readExtra(extra: string | null): JsonRecord | null {
  return extra === null ? null : readJson(extra);
}
