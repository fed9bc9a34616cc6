import type { EventChat } from '../../events/audience.ts';
import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { invalidField } from '../../error.ts';
import type { WrittenEvent } from '../../events/event.ts';
import type { Database } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { chats, messages } from '../../store/schema.ts';
import type { MessageRow } from '../messages/present-message.ts';
import { readableChats } from '../permissions.ts';
import { putOn, type NewTagging } from './put-on.ts';
import { assertMayUseTags } from './tag.ts';
import { shownId } from './tagging-event.ts';
import type { MessageTagging } from './taggings.ts';

/** A message, and whose its chat is. */
type ReadableMessage = Pick<MessageRow, 'id' | 'waba_id' | 'timestamp'> & EventChat;

/**
 * Tags a message that the user may read, and its chat (spec: createMessageTagging); returns the tagging
 * and the event that tells of both. `id` is WhatsApp's or ours. Throws `forbidden` where the user may use
 * no tags, and `invalid` as `putOn` does or where the user has no such message.
 */
export async function tagMessage(
  stack: Pick<StackContext, 'db' | 'files'>,
  messageId: string,
  wanted: NewTagging,
): Promise<{ tagging: MessageTagging; event: WrittenEvent }> {
  assertMayUseTags(wanted.user);
  const message = await findReadableMessage(stack.db, wanted.user, messageId);
  if (message === undefined) throw invalidField('message', 'There is no message with this id.');
  const { id, tag, event } = await putOn(stack, { chat: message, message }, wanted);
  return { tagging: { id, tag: tag.id, message: shownId(message), extra: wanted.extra }, event };
}

/** Finds a message by WhatsApp's id or ours; undefined where there is none that the user may read. */
export async function findReadableMessage(
  db: Database,
  user: User,
  id: string,
): Promise<ReadableMessage | undefined> {
  return db.first<ReadableMessage>(sql`
    select m.id, m.waba_id, m.timestamp, c.wa_id, c.assigned_user_id, c.assigned_group_id
    from ${messages} m join ${chats} c on c.wa_id = m.chat
    where (m.id = ${id.toLowerCase()} or m.waba_id = ${id}) and ${readableChats(user)} limit 1`);
}
