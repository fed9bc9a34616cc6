import { encodeCallback } from './callback-data.ts';
import { isRecord, type JsonRecord } from './json-record.ts';
import { addressOf } from './recipient.ts';

/** A message as it is kept: what POST /messages gets, without what is only known when it is sent. */
export interface StoredMessage {
  /** Our id. */
  id: string;
  chat: string;
  type: string;
  payload: JsonRecord;
}

/**
 * Puts a new message into the form in which it is kept and shown. `content` is what stands under the
 * type's name, `repliesTo` the id of another message.
 */
export function newPayload(
  chat: string,
  type: string,
  content: unknown,
  repliesTo: string | undefined,
): JsonRecord {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...addressOf(chat),
    type,
    [type]: content,
    ...(repliesTo === undefined ? {} : { context: { message_id: repliesTo } }),
  };
}

/**
 * The body of POST /messages. The recipient is named as the chat is called now, which a message kept
 * under a user id may not know yet. With `uploadId` the file is sent by WABA's id of it, not by a link.
 */
export function messageBody(message: StoredMessage, uploadId: string | undefined): JsonRecord {
  const { payload, type } = message;
  const { to: _to, recipient: _recipient, ...rest } = payload;
  const body = { ...rest, ...addressOf(message.chat) };
  return {
    ...body,
    [type]: uploadId === undefined ? payload[type] : byUploadId(payload[type], uploadId),
    // WhatsApp gives it back in every status, which is how a lost answer is made good.
    biz_opaque_callback_data: encodeCallback(message.id),
  };
}

function byUploadId(content: unknown, uploadId: string): JsonRecord {
  const { link: _link, ...rest } = isRecord(content) ? content : {};
  return { id: uploadId, ...rest };
}

/** The id of the message that a payload replies or reacts to. */
export function referenceOf(payload: JsonRecord): string | undefined {
  for (const holder of [payload['context'], payload['reaction']]) {
    const id = isRecord(holder) ? holder['message_id'] : undefined;
    if (typeof id === 'string') return id;
  }
  return undefined;
}

/** The payload with another id in the place of the one it replies or reacts to. */
export function withReference(payload: JsonRecord, id: string): JsonRecord {
  const { context, reaction } = payload;
  if (isRecord(context)) return { ...payload, context: { ...context, message_id: id } };
  if (isRecord(reaction)) return { ...payload, reaction: { ...reaction, message_id: id } };
  return payload;
}
