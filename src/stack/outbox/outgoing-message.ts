import { parsePayload, type MessageRow } from '../../inbox/messages/present-message.ts';
import { referenceOf, withReference } from '../../waba/message-body.ts';

/** A message that is about to be sent, and whose its chat is. */
export interface OutgoingMessage extends MessageRow {
  /** The user id that its chat is known to have. */
  chat_user_id: string | null;
  assigned_user_id: number | null;
  assigned_group_id: number | null;
}

/** A message of ours that another one replies or reacts to by our id. */
export interface ReferencedMessage {
  id: string;
  waba_id: string | null;
  is_failed: number;
}

/** Whether a message can go as far as what it refers to is concerned. */
export type Resolved =
  | { kind: 'ready'; message: OutgoingMessage }
  /** What it refers to is still being sent. */
  | { kind: 'early' }
  /** What it refers to was never sent. */
  | { kind: 'orphaned' };

/**
 * Puts WhatsApp's id in the place of ours where a message replies or reacts to one of ours that had
 * none when it was accepted.
 */
export function resolveReference(
  message: OutgoingMessage,
  referenced: readonly ReferencedMessage[],
): Resolved {
  const payload = parsePayload(message.payload);
  const reference = referenceOf(payload);
  const target = referenced.find((other) => other.id === reference);
  if (target === undefined) return { kind: 'ready', message };
  if (target.waba_id !== null) {
    const resolved = JSON.stringify(withReference(payload, target.waba_id));
    return { kind: 'ready', message: { ...message, payload: resolved } };
  }
  return { kind: target.is_failed === 1 ? 'orphaned' : 'early' };
}
