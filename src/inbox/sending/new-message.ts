import type { JsonRecord } from '../../waba/json-record.ts';
import { newPayload } from '../../waba/message-body.ts';

/** A message that somebody wants to send. */
export interface NewMessage {
  /** A phone number in digits, a business-scoped user id, or the id of a group. */
  chat: string;
  /** What the caller says that it goes to; undefined where they do not. */
  recipientType?: 'individual' | 'group' | undefined;
  type: string;
  /** What stands under the type's name. */
  content: unknown;
  /** The message it replies to: WhatsApp's id or ours. */
  repliesTo: string | undefined;
  /** The caller's own `biz_opaque_callback_data`. */
  callbackData: string | undefined;
}

/** The message as it is kept; `chat` is what its chat is called. */
export function payloadFor(
  chat: string,
  { type, content, repliesTo, recipientType }: NewMessage,
): JsonRecord {
  // A reaction names its message itself; WhatsApp refuses one with a context.
  const reference = type === 'reaction' ? undefined : repliesTo;
  const payload = newPayload(chat, type, content, reference);
  return recipientType === 'group' ? { ...payload, recipient_type: 'group' } : payload;
}
