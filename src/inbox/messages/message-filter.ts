import { sql, type SQL } from 'drizzle-orm';

/** Which messages a list is about; what is not said leaves nothing out. */
export interface MessageFilter {
  /** A chat's key. */
  chat?: string | undefined;
  /** Seconds; this one and later. */
  sinceTime?: number | undefined;
  /** Seconds; earlier than this one. */
  beforeTime?: number | undefined;
  fromUs?: boolean | undefined;
}

/** A filter as a condition over the alias `m` of `messages`. */
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
