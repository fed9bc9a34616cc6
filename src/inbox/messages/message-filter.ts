import { sql, type SQL } from 'drizzle-orm';
import type { ChatSelection } from '../chats/chat-selection.ts';

/** Which messages a list is about; what is not said leaves nothing out. */
export interface MessageFilter {
  /** A chat's key, or the column that has it. */
  chat?: string | SQL | undefined;
  /** Seconds; this one and later. */
  sinceTime?: number | undefined;
  /** Seconds; earlier than this one. */
  beforeTime?: number | undefined;
  fromUs?: boolean | undefined;
  /** Of which chats, where that is not all of them; not said where `chat` is. */
  chats?: ChatSelection | undefined;
}

/** What a filter says of the messages themselves, as a condition over the alias `m` of `messages`. */
export function passes({ chat, sinceTime, beforeTime, fromUs }: MessageFilter): SQL {
  const conditions = [
    chat !== undefined && sql`m.chat = ${chat}`,
    sinceTime !== undefined && sql`m.timestamp >= ${sinceTime}`,
    beforeTime !== undefined && sql`m.timestamp < ${beforeTime}`,
    // Written out, or the index of sent messages is not known to serve it.
    fromUs !== undefined && (fromUs ? sql`m.from_us = 1` : sql`m.from_us = 0`),
  ].filter((condition) => condition !== false);
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

/** Whether a filter leaves nothing out. */
export function passesAll(filter: MessageFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}
