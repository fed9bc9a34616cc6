import { invalidField } from '../../error.ts';
import type { WrittenEvent } from '../../events/event.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { findReadableChat } from '../chats/find-chat.ts';
import { putOn, type NewTagging } from './put-on.ts';
import { assertMayUseTags } from './tag.ts';
import type { ChatTagging } from './taggings.ts';

/**
 * Tags a chat that the user may read (spec: createChatTagging); returns the tagging and the event that
 * tells of it. Throws `forbidden` where the user may use no tags, and `invalid` as `putOn` does or where
 * the user has no such chat.
 */
export async function tagChat(
  stack: Pick<StackContext, 'db' | 'files'>,
  waId: string,
  wanted: NewTagging,
): Promise<{ tagging: ChatTagging; event: WrittenEvent }> {
  assertMayUseTags(wanted.user);
  const chat = await findReadableChat(stack.db, wanted.user, waId);
  if (chat === undefined) throw invalidField('chat', 'There is no chat with this customer.');
  const { id, tag, event } = await putOn(stack, { chat, message: undefined }, wanted);
  return { tagging: { id, tag: tag.id, chat: chat.wa_id, extra: wanted.extra }, event };
}
