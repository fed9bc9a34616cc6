import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { AssignmentFilter } from '../chats/assignment-filter.ts';

/** Which messages a list is about; what is not said leaves nothing out. */
export interface MessageFilter {
  /** A chat's key. */
  chat?: string | undefined;
  /** Seconds; this one and later. */
  sinceTime?: number | undefined;
  /** Seconds; earlier than this one. */
  beforeTime?: number | undefined;
  fromUs?: boolean | undefined;
  /** Of which chats; not said where `chat` is. */
  assigned?: AssignmentFilter | undefined;
}

/** What a filter says of the messages themselves, as a condition over the alias `m` of `messages`. */
export function passes({ chat, sinceTime, beforeTime, fromUs }: MessageFilter): SQL {
  const conditions = [
    chat !== undefined && sql`m.chat = ${chat}`,
    sinceTime !== undefined && sql`m.timestamp >= ${sinceTime}`,
    beforeTime !== undefined && sql`m.timestamp < ${beforeTime}`,
    fromUs !== undefined && sql`m.from_us = ${fromUs ? 1 : 0}`,
  ].filter((condition) => condition !== false);
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** Whether a filter leaves nothing out. */
export function passesAll(filter: MessageFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

/** Whether the chats decide, too, what a user is shown; a chat that a filter names is readable. */
export function dependsOnChats(user: User, filter: MessageFilter): boolean {
  const isLimited = user.canReadChats !== 'all' || filter.assigned !== undefined;
  return isLimited && filter.chat === undefined;
}
