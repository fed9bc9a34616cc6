import { sql } from 'drizzle-orm';
import { sha256Hex } from '../auth/digest.ts';
import type { User } from '../auth/user.ts';
import { invalidField, WaypostError } from '../error.ts';
import { isUniqueViolation } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import { isRecord } from '../waba/json-record.ts';
import { newPayload, referenceOf, withReference } from '../waba/message-body.ts';
import { isUserId } from '../waba/recipient.ts';
import {
  insertKey,
  messageOfKey,
  selectKey,
  type KnownKey,
  type RequestKey,
} from './idempotency.ts';
import { insertOutgoing, type OutgoingDraft } from './insert-outgoing.ts';
import { linkedMediaId } from './linked-media.ts';
import { mayWriteToChat } from './permissions.ts';
import type { ChatRow } from './person.ts';

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

export interface AcceptOptions {
  /** The caller's name for this request; see `readKey`. */
  idempotencyKey?: string | undefined;
  /** Milliseconds. */
  now: number;
  /** `https://host` that the caller knows us by: links to our own files begin with it. */
  baseUrl: string;
}

export interface Accepted {
  id: string;
  /** Whether the same request was accepted before; nothing is sent again. */
  repeated: boolean;
}

/** Far above what WhatsApp takes, far below what a row holds. */
const MAX_PAYLOAD_CHARACTERS = 200_000;

/** What is known about a message's surroundings before it is written. */
interface Surroundings {
  chat: ChatRow | undefined;
  key: KnownKey | undefined;
  reference: { waba_id: string | null; chat: string; is_failed: number } | undefined;
  mediaId: string | null;
}

/**
 * Takes a message in: once this returns it is stored and will be sent, in order. Ring the outbox's
 * bell afterwards. Throws `forbidden` where the user may not write to the chat, `conflict` for a key
 * that was used with another body, `too_large`, and `invalid` for a reply to a message of another chat.
 */
export async function acceptMessage(
  ctx: StackContext,
  user: User,
  message: NewMessage,
  options: AcceptOptions,
): Promise<Accepted> {
  const request = requestKeyOf(user, message, options);
  const around = await look(ctx, message, request, options);
  if (request !== undefined && around.key !== undefined) {
    return { id: messageOfKey(around.key, request), repeated: true };
  }
  const owner = around.chat ?? { assigned_user_id: null, assigned_group_id: null };
  if (!mayWriteToChat(user, owner)) {
    throw new WaypostError('forbidden', 'You do not have permission to write to this chat.');
  }
  const draft = draftOf(user, message, around, options);
  try {
    const keys = request === undefined ? [] : insertKey(request, draft.id, options.now);
    await ctx.db.batch([...keys, ...insertOutgoing(draft)]);
    return { id: draft.id, repeated: false };
  } catch (error) {
    if (request === undefined || !isUniqueViolation(error)) throw error;
    // The same request was accepted by another invocation between our look and our write.
    const known = await ctx.db.first<KnownKey>(selectKey(request, options.now));
    if (known === undefined) throw error;
    return { id: messageOfKey(known, request), repeated: true };
  }
}

function requestKeyOf(
  user: User,
  message: NewMessage,
  { idempotencyKey: key }: AcceptOptions,
): RequestKey | undefined {
  if (key === undefined) return undefined;
  return { userId: user.id, key, bodyHash: sha256Hex(JSON.stringify(message)) };
}

async function look(
  { config, db }: StackContext,
  message: NewMessage,
  request: RequestKey | undefined,
  { now, baseUrl }: AcceptOptions,
): Promise<Surroundings> {
  const referenced = referenceOf(payloadFor(message.chat, message)) ?? null;
  const linked = linkedMediaId(message, [baseUrl, config.publicUrl]) ?? null;
  const [chats, references, files, keys] = await db.batch<
    [ChatRow[], NonNullable<Surroundings['reference']>[], { id: string }[], KnownKey[]]
  >([
    sql`select * from chats where wa_id = ${message.chat} or user_id = ${message.chat}
        order by wa_id = ${message.chat} desc limit 1`,
    sql`select waba_id, chat, is_failed from messages where id = ${referenced}`,
    sql`select id from media where id = ${linked}`,
    ...(request === undefined ? [] : [selectKey(request, now)]),
  ]);
  return {
    chat: chats[0],
    key: keys?.[0],
    reference: references[0],
    mediaId: files[0]?.id ?? null,
  };
}

function draftOf(
  user: User,
  message: NewMessage,
  { chat, reference, mediaId }: Surroundings,
  { now }: AcceptOptions,
): OutgoingDraft {
  const key = chat?.wa_id ?? message.chat;
  const plain = payloadFor(key, message);
  if (reference !== undefined) checkReference(message, reference, key);
  const wabaId = reference?.waba_id ?? undefined;
  const payload = wabaId === undefined ? plain : withReference(plain, wabaId);
  if (JSON.stringify(payload).length > MAX_PAYLOAD_CHARACTERS) {
    throw new WaypostError('too_large', 'The message is too large for WhatsApp.');
  }
  return {
    id: crypto.randomUUID(),
    chat: key,
    chatUserId: chat === undefined && isUserId(key) ? key : null,
    isNewChat: chat === undefined,
    type: message.type,
    payload,
    senderId: user.id,
    mediaId,
    callbackData: message.callbackData ?? null,
    now,
  };
}

function payloadFor(chat: string, { type, content, repliesTo }: NewMessage) {
  // A reaction names its message itself; WhatsApp refuses one with a context.
  return newPayload(chat, type, content, type === 'reaction' ? undefined : repliesTo);
}

/** WhatsApp shows a reply only where it knows the message, which is never in another chat. */
function checkReference(
  message: NewMessage,
  reference: NonNullable<Surroundings['reference']>,
  chat: string,
): void {
  const field = isRecord(message.content) && message.type === 'reaction' ? 'reaction' : 'context';
  if (reference.chat !== chat) throw invalidField(field, 'The message is not one of this chat.');
  if (reference.is_failed === 1 && reference.waba_id === null) {
    throw invalidField(field, 'The message was not sent.');
  }
}
