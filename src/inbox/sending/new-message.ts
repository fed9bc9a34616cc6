import type { JsonRecord } from '../../waba/json-record.ts';
import { newPayload } from '../../waba/message-body.ts';

/** A message that somebody wants to send. */
export interface NewMessage {
  /** A phone number in digits, or a business-scoped user id. */
  chat: string;
  type: string;
  /** What stands under the type's name. */
  content: unknown;
  /** The message it replies to: WhatsApp's id or ours. */
  repliesTo: string | undefined;
  /** The caller's own `biz_opaque_callback_data`. */
  callbackData: string | undefined;
}

/** The message as it is kept; `chat` is what its chat is called. */
export function payloadFor(chat: string, { type, content, repliesTo }: NewMessage): JsonRecord {
  // A reaction names its message itself; WhatsApp refuses one with a context.
  return newPayload(chat, type, content, type === 'reaction' ? undefined : repliesTo);
}
