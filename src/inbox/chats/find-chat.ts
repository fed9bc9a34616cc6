import { sql, type SQL } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import type { Database } from '../../store/database.ts';
import { parseRecipient } from '../../waba/recipient.ts';
import { mayReadChat } from '../permissions.ts';
import { ledTo } from './chat-aliases.ts';
import type { ChatRow } from './person.ts';

/**
 * Returns the chat with a customer: by its key, by a number that is dialled for it, or by the user id that
 * was its key before the customer's number appeared. Undefined where there is none.
 */
export async function findChat(db: Database, waId: string): Promise<ChatRow | undefined> {
  return db.first<ChatRow>(selectChat(chatKeyOf(waId)));
}

/** The key that a caller means; a number may be written as people write one, and another key is taken as it is. */
export function chatKeyOf(waId: string): string {
  // The service's own example of a link ends in a slash.
  const text = waId.trim().replace(/\/$/, '');
  return parseRecipient(text) ?? text;
}

/** Selects the chat with a key or another name, or else the one whose customer has it as user id. */
export function selectChat(key: string): SQL {
  return sql`
    select * from chats where wa_id = ${ledTo(key)} or user_id = ${key}
    order by wa_id = ${ledTo(key)} desc limit 1`;
}

/** Returns a chat that the user may read; one that the user may not is told apart from none by nobody. */
export async function findReadableChat(
  db: Database,
  user: User,
  key: string,
): Promise<ChatRow | undefined> {
  const chat = await findChat(db, key);
  return chat !== undefined && mayReadChat(user, chat) ? chat : undefined;
}
