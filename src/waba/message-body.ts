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
 * under a user id may not know yet. A file in `uploads` (WABA's ids by link) is sent by its id.
 */
export function messageBody(
  message: StoredMessage,
  uploads: ReadonlyMap<string, string>,
): JsonRecord {
  const { payload, type } = message;
  const { to: _to, recipient: _recipient, ...rest } = payload;
  return {
    ...rest,
    ...addressOf(message.chat),
    [type]: byUploadId(payload[type], uploads),
    // WhatsApp gives it back in every status, which is how a lost answer is made good.
    biz_opaque_callback_data: encodeCallback(message.id),
  };
}

function byUploadId(value: unknown, uploads: ReadonlyMap<string, string>): unknown {
  if (uploads.size === 0) return value;
  if (Array.isArray(value)) return value.map((item) => byUploadId(item, uploads));
  if (!isRecord(value)) return value;
  const { link, ...others } = value;
  const id = typeof link === 'string' ? uploads.get(link) : undefined;
  const kept = id === undefined ? value : { id, ...others };
  return Object.fromEntries(
    Object.entries(kept).map(([name, member]) => [name, byUploadId(member, uploads)]),
  );
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
