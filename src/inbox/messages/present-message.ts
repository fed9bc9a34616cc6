import type { User } from '../../auth/user.ts';
import { readJson } from '../../store/database.ts';
import type { messages } from '../../store/schema.ts';
import { isRecord, type JsonRecord } from '../../waba/json-record.ts';
import { editedMessage } from '../../waba/message-changes.ts';
import { type Person, type PersonSource, presentPerson } from '../chats/person.ts';
import { type Links, withOwnLinks } from '../media/links.ts';
import { mediaIdOfLink } from '../media/media-id-of-link.ts';
import type { TagOn } from '../tags/tag.ts';
import { type ApiUser, presentUser } from '../users/present-user.ts';
import { type Participant, presentParticipant } from './participant.ts';

export type MessageRow = typeof messages.$inferSelect;

/** What is in every link to a file. */
const MEDIA_PATH = '/api/v1/media/';

/** What a message looks like in the API: the same object in lists, webhooks and websockets. */
export interface ApiMessage {
  id: string;
  waba_payload: JsonRecord;
  /** Seconds. */
  waba_statuses: { sent: number | null; delivered: number | null; read: number | null };
  contact: Person | null;
  from_us: boolean;
  received: boolean;
  sender: ApiUser | null;
  context: ApiMessage | null;
  customer_wa_id: string;
  tags: TagOn[];
  /** The tags of its chat. */
  chat_tags: TagOn[];
  is_failed: boolean;
  /** What to post again to send a failed message once more. */
  resend_payload: JsonRecord | null;
  /** Who wrote it in a group; null outside groups. */
  participant: Participant | null;
  /** Whether its writer took it back. */
  is_deleted: boolean;
  /** Seconds; when its writer changed it last. */
  edited_at: number | null;
  /** Where a message comes from that neither a customer nor this API has just sent. */
  origin: 'business_app' | 'history' | null;
}

/** The columns that a message is shown from; a message that is about to be stored has them too. */
export type MessageSource = Omit<MessageRow, 'n' | 'search_text'>;

/** What a message refers to, found beforehand for a whole list. */
export interface MessageLookups extends Links {
  person(chat: string): PersonSource | undefined;
  sender(id: number): User | undefined;
  /** The message with this WhatsApp id. */
  byWabaId(wabaId: string): MessageSource | undefined;
  /** The tags on the message with this id of ours, and on a chat. */
  tags(id: string): TagOn[];
  chatTags(chat: string): TagOn[];
  /** Up to which ordinal of the chat the reader has received. */
  mark(chat: string): number;
}

/** Shows a stored message as the API lists it (spec: listMessages). */
export function presentMessage(source: MessageSource, lookups: MessageLookups): ApiMessage {
  const payload = parsePayload(source.payload);
  const repliedTo = contextIdOf(payload);
  const named = repliedTo === undefined ? undefined : lookups.byWabaId(repliedTo);
  // Whoever may read this chat need not be allowed to read another one, whatever a reply names.
  const context = named?.chat === source.chat ? named : undefined;
  // A context shows no context of its own: a thread of replies would nest without end.
  return presentOne(
    source,
    payload,
    lookups,
    context === undefined ? null : presentContext(context, lookups),
  );
}

/** The WhatsApp id of the message that a payload replies to; a forwarded message has a context without one. */
export function contextIdOf(payload: JsonRecord): string | undefined {
  const context = payload['context'];
  if (!isRecord(context)) return undefined;
  const id = context['id'] ?? context['message_id'];
  return typeof id === 'string' ? id : undefined;
}

function presentContext(source: MessageSource, lookups: MessageLookups): ApiMessage {
  return presentOne(source, parsePayload(source.payload), lookups, null);
}

function presentOne(
  source: MessageSource,
  payload: JsonRecord,
  lookups: MessageLookups,
  context: ApiMessage | null,
): ApiMessage {
  const person = lookups.person(source.chat);
  const sender = source.sender_id === null ? undefined : lookups.sender(source.sender_id);
  const fromUs = source.from_us === 1;
  return {
    id: source.id,
    waba_payload: presentPayload(source, presentForm(source, payload), lookups),
    waba_statuses: { sent: source.sent, delivered: source.delivered, read: source.read },
    contact: person === undefined ? null : presentPerson(person),
    from_us: fromUs,
    received: fromUs || (source.ordinal ?? Infinity) <= lookups.mark(source.chat),
    sender: sender === undefined ? null : presentUser(sender, lookups.baseUrl),
    context,
    customer_wa_id: source.chat,
    tags: lookups.tags(source.id),
    chat_tags: lookups.chatTags(source.chat),
    is_failed: source.is_failed === 1,
    resend_payload: source.is_failed === 1 && fromUs ? resendPayload(source, payload) : null,
    participant: presentParticipant(source, payload),
    is_deleted: source.is_deleted === 1,
    edited_at: source.edited_at,
    origin: source.origin,
  };
}

function presentPayload(source: MessageSource, form: PresentForm, links: Links): JsonRecord {
  const shown = source.from_us === 1 ? asSentByUs(source, form, links) : form.payload;
  if (form.mediaId === null) return shown;
  return withLink({ ...form, payload: shown }, links.mediaLink(form.mediaId));
}

/** What we sent, with what WABA said of it since. */
function asSentByUs(
  source: MessageSource,
  { payload, type }: PresentForm,
  links: Links,
): JsonRecord {
  const { timestamp } = payload;
  return {
    ...payload,
    ...(source.payload.includes(MEDIA_PATH)
      ? { [type]: withOwnLinks(payload[type], (link) => ownLink(link, links)) }
      : {}),
    ...(source.waba_id === null ? {} : { id: source.waba_id }),
    timestamp: timestamp ?? String(source.timestamp),
    // The inbox of the service shows these, and posts the message once more to whom they name.
    ...(source.is_failed === 1
      ? { errors: readJson<JsonRecord[]>(source.errors ?? '[]'), wa_id: source.chat }
      : {}),
  };
}

/** A file of ours in what we sent, a template's header say, opens as the others do. */
function ownLink(link: string, { baseUrl, mediaLink }: Links): string | undefined {
  const origin = URL.parse(baseUrl)?.origin;
  const id = mediaIdOfLink(link, origin === undefined ? [] : [origin]);
  return id === undefined ? undefined : mediaLink(id);
}

function resendPayload(source: MessageSource, payload: JsonRecord): JsonRecord {
  const { context, [source.type]: content } = payload;
  return {
    wa_id: source.chat,
    ...(payload['recipient_type'] === 'group' ? { recipient_type: 'group' } : {}),
    type: source.type,
    [source.type]: content,
    ...(context === undefined ? {} : { context }),
  };
}

/** A message's `payload` column as an object; empty where it is none. Throws where it is no JSON. */
export function parsePayload(payload: string): JsonRecord {
  const parsed: unknown = JSON.parse(payload);
  return isRecord(parsed) ? parsed : {};
}

/** What of a message's row says how it was edited. */
type EditedRow = Pick<typeof messages.$inferSelect, 'type' | 'media_id' | 'edited'>;

/** The column `edited`: what the newest edit puts in the place of a message's content. */
interface Edited {
  type: string;
  content: unknown;
  /** The edit's own file. */
  media_id: string | null;
}

/** A message's content in its present form. */
interface PresentForm {
  payload: JsonRecord;
  type: string;
  /** The file in it. */
  mediaId: string | null;
}

/** The message as its writer left it: with what the newest edit says. An edit itself stays as it came. */
function presentForm(source: EditedRow, payload: JsonRecord): PresentForm {
  const asSent = { payload, type: source.type, mediaId: source.media_id };
  if (source.edited === null || source.type === 'edit') return asSent;
  const { type, content, media_id: mediaId } = readJson<Edited>(source.edited);
  const { [source.type]: _former, ...rest } = payload;
  // An edited caption may come without the file, which is the same then.
  const isSame = type === source.type;
  return {
    payload: { ...rest, type, [type]: content },
    type,
    mediaId: mediaId ?? (isSame ? source.media_id : null),
  };
}

/** The payload with a link to its file; in an edit the file is in the message that it brings. */
function withLink({ payload, type }: PresentForm, link: string): JsonRecord {
  const content = payload[type];
  if (!isRecord(content)) return payload;
  if (type !== 'edit') return { ...payload, [type]: { ...content, link } };
  const message = editedMessage(payload);
  if (message === undefined) return payload;
  const inner = withLink({ ...message, mediaId: null }, link);
  return { ...payload, edit: { ...content, message: inner } };
}
