import { sha256Hex } from '../../auth/digest.ts';
import { wasSignedPath } from '../../auth/signed-url.ts';
import type { User } from '../../auth/user.ts';
import { invalidField, WaypostError } from '../../error.ts';
import type { MessageOrigin } from '../../events/audience.ts';
import { isUniqueViolation } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { isRecord, type JsonRecord } from '../../waba/json-record.ts';
import { withReference } from '../../waba/message-body.ts';
import { isUserId } from '../../waba/recipient.ts';
import type { ChatRow } from '../chats/person.ts';
import { mayWriteToChat } from '../permissions.ts';
import { checkWindow } from './check-window.ts';
import {
  insertKey,
  type KnownKey,
  messageOfKey,
  type RequestKey,
  selectKey,
} from './idempotency.ts';
import { insertOutgoing, type OutgoingDraft } from './insert-outgoing.ts';
import {
  type MediaLink,
  mediaLinks,
  ownOriginsOf,
  withIdsAsLinks,
  withLastingLinks,
} from './linked-media.ts';
import { type NewMessage, NO_RECIPIENT, payloadFor } from './message-input.ts';
import {
  checkFiles,
  checkReference,
  readSurroundings,
  type MessageContext,
} from './message-context.ts';

export interface AcceptOptions {
  /** The caller's name for this request; see `readKey`. */
  idempotencyKey?: string | undefined;
  /** The `https://host` that the request was sent to: a link to it is one to us. */
  origin?: string | undefined;
  /** Through which dialect it is sent, and what its caller says of it. */
  dialectOrigin?: MessageOrigin | undefined;
  /** Milliseconds. */
  now: number;
}

export interface Accepted {
  /** Our id of the message: its getchat_id. */
  id: string;
  /** Whether the same request was accepted before; nothing is sent again. */
  repeated: boolean;
}

/** Far above what WhatsApp takes, far below what a row holds. */
const MAX_PAYLOAD_CHARACTERS = 200_000;

/**
 * Takes a message in: once this returns it is stored and will be sent, in order. Ring the outbox's
 * bell afterwards. Throws `forbidden` where the user may not write to the chat, `window_closed` where
 * WhatsApp takes only templates for it, `conflict` for a key that was used with another body, `too_large`, and `invalid` for a file or a message to reply to that
 * there is not.
 */
export async function acceptMessage(
  { config, db }: Pick<StackContext, 'config' | 'db'>,
  user: User,
  given: NewMessage,
  { idempotencyKey, origin, dialectOrigin, now }: AcceptOptions,
): Promise<Accepted> {
  // Before anything in it is looked at or looked up.
  assertSize(given);
  const request = requestKeyOf(user, given, idempotencyKey);
  const { message: asked, namedById } = withIdsAsLinks(given, config);
  const ownOrigins = [...ownOriginsOf(config), ...(origin === undefined ? [] : [origin])];
  const links = mediaLinks(asked, ownOrigins, ({ pathname, searchParams }) =>
    wasSignedPath(config, pathname, searchParams),
  );
  const around = await readSurroundings(db, asked, links, request, now);
  if (request !== undefined && around.key !== undefined) {
    return { id: messageOfKey(around.key, request), repeated: true };
  }
  const message = { ...asked, recipientType: recipientTypeOf(asked, around.chat) };
  const owner = around.chat ?? { assigned_user_id: null, assigned_group_id: null };
  if (!mayWriteToChat(user, owner)) {
    throw new WaypostError('forbidden', 'You do not have permission to write to this chat.');
  }
  // Whether a group's is open WhatsApp alone can say: any of its members opens it.
  if (message.recipientType !== 'group') {
    checkWindow(message.type, around.chat, around.heardSince, now);
  }
  await checkFiles(db, user, message, { links, files: around.files, namedById });
  const content = withLastingLinks(message.content, links, config);
  const mediaId = ownFileOf(message, links);
  const draft = draftOf(user, { ...message, content }, around, {
    mediaId,
    now,
    origin: dialectOrigin && wellFormed(dialectOrigin),
  });
  try {
    const keys = request === undefined ? [] : insertKey(request, draft.id, now);
    await db.batch([...keys, ...insertOutgoing(draft)]);
    return { id: draft.id, repeated: false };
  } catch (error) {
    if (request === undefined || !isUniqueViolation(error)) throw error;
    // The same request was accepted by another invocation between our look and our write.
    const known = await db.first<KnownKey>(selectKey(request, now));
    if (known === undefined) throw error;
    return { id: messageOfKey(known, request), repeated: true };
  }
}

function requestKeyOf(
  user: User,
  message: NewMessage,
  key: string | undefined,
): RequestKey | undefined {
  if (key === undefined) return undefined;
  return { userId: user.id, key, bodyHash: sha256Hex(JSON.stringify(message)) };
}

function draftOf(
  user: User,
  message: NewMessage,
  { chat: known, reference }: MessageContext,
  { mediaId, now, origin }: Pick<OutgoingDraft, 'mediaId' | 'now' | 'origin'>,
): OutgoingDraft {
  const chat = known?.wa_id ?? message.chat;
  checkReference(message, reference, chat);
  return {
    id: crypto.randomUUID(),
    chat,
    chatUserId: isUserId(chat) ? chat : null,
    isNewChat: known === undefined,
    isGroup: message.recipientType === 'group',
    type: message.type,
    payload: payloadOf(chat, message, reference?.waba_id ?? undefined),
    senderId: user.id,
    mediaId,
    callbackData: message.callbackData?.toWellFormed() ?? null,
    origin,
    now,
  };
}

/** A lone surrogate would be no text for the database. */
function wellFormed({ dialect, ...said }: MessageOrigin): MessageOrigin {
  const texts = Object.entries(said).map(([name, text]) => [name, text.toWellFormed()]);
  return { dialect, ...Object.fromEntries(texts) };
}

function payloadOf(chat: string, message: NewMessage, wabaId: string | undefined): JsonRecord {
  const plain = payloadFor(chat, message);
  return wabaId === undefined ? plain : withReference(plain, wabaId);
}

function assertSize(message: NewMessage): void {
  if (JSON.stringify(payloadFor(message.chat, message)).length <= MAX_PAYLOAD_CHARACTERS) return;
  throw new WaypostError('too_large', 'The message is too large for WhatsApp.');
}

/** The file that the message is, as opposed to one in a template's header. */
function ownFileOf({ content }: NewMessage, links: readonly MediaLink[]): string | null {
  const link = isRecord(content) ? content['link'] : undefined;
  return links.find((one) => one.isOwn && one.link === link)?.mediaId ?? null;
}

/**
 * Says whether a message goes to a group: where its chat is one's, or where the caller says so of a chat
 * that is not there yet. Throws `invalid` where the caller says otherwise than is known, and for a
 * recipient that is neither a customer nor a known group.
 */
function recipientTypeOf(
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
