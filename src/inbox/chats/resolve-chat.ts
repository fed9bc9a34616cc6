import { and, eq, ne, sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound, WaypostError } from '../../error.ts';
import { insertEvent, type NewEvent, type WrittenEvent, ownEvent } from '../../events/event.ts';
import type { Database } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { chats } from '../../store/schema.ts';
import { mayWriteToChat } from '../permissions.ts';
import { findReadableChat } from './find-chat.ts';
import type { ChatRow } from './person.ts';

/** Whether a chat is resolved, as its subscribers are told. */
export interface ResolvedChat {
  wa_id: string;
  resolved: boolean;
}

/**
 * Says of the chat under `key` whether something is left to do, at `now` (milliseconds). Returns how it
 * is then, and the event to ring for; none where it was so before. Throws `not_found` for a chat that
 * the user may not read and `forbidden` for one they may not write to.
 */
export async function resolveChat(
  db: Database,
  actor: User,
  key: string,
  resolved: boolean,
  now: number,
): Promise<{ chat: ResolvedChat; events: WrittenEvent[] }> {
  const found = await findReadableChat(db, actor, key);
  if (found === undefined) throw notFound();
  if (!mayWriteToChat(actor, found)) {
    throw new WaypostError('forbidden', 'You do not have permission to resolve this chat.');
  }
  const chat = { wa_id: found.wa_id, resolved };
  const event = resolvedEvent(found, chat, now);
  const contents = { inR2: false, extended: JSON.stringify(event.extended) };
  const isOther = and(eq(chats.wa_id, found.wa_id), ne(chats.resolved, Number(resolved)));
  const [written = []] = await db.batch<WrittenEvent[][]>([
    insertEvent(event, contents, sql`exists (select 1 from ${chats} where ${isOther})`),
    query
      .update(chats)
      .set({ resolved: Number(resolved) })
      .where(isOther),
  ]);
  return { chat, events: written };
}

function resolvedEvent(found: ChatRow, chat: ResolvedChat, now: number): NewEvent {
  const { wa_id, assigned_user_id, assigned_group_id } = found;
  const about = { wa_id, assigned_user_id, assigned_group_id, resolved: Number(chat.resolved) };
  return ownEvent('resolved', { extended: { chat_resolved: chat }, chats: [about] }, now);
}
