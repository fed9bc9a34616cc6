import { invalidField } from '../../error.ts';
import { isUserId } from '../../waba/recipient.ts';
import type { ChatRow } from '../chats/person.ts';
import { type NewMessage, NO_RECIPIENT } from './message-input.ts';

/**
 * Says whether a message goes to a group: where its chat is one's, or where the caller says so of a chat
 * that is not there yet. Throws `invalid` where the caller says otherwise than is known, and for a
 * recipient that is neither a customer nor a known group.
 */
export function recipientTypeOf(
  { chat: key, recipientType }: NewMessage,
  chat: Pick<ChatRow, 'kind'> | undefined,
): 'individual' | 'group' {
  const known = chat === undefined ? undefined : (chat.kind ?? 'individual');
  const isContrary = recipientType !== undefined && known !== undefined && recipientType !== known;
  if (isContrary) {
    const whom = known === 'group' ? 'a group' : 'one customer';
    throw invalidField('recipient_type', `This is the chat with ${whom}.`);
  }
  const found = known ?? recipientType ?? 'individual';
  if (known === undefined && found !== 'group' && !isUserId(key) && /\D/.test(key)) {
    throw invalidField('wa_id', NO_RECIPIENT);
  }
  return found;
}
