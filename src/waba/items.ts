import { idOf, isRecord, textOf, type JsonRecord } from './json-record.ts';
import { readMedia, type InboundMedia } from './inbound-media.ts';
import { readChange, type MessageChange } from './message-changes.ts';

/** How WhatsApp names a customer: by phone number, by business-scoped user id, or by both. */
export interface CustomerRef {
  phone: string | undefined;
  userId: string | undefined;
}

export interface InboundContact extends CustomerRef {
  name: string;
  /** The only message's sender, where the only contact beside it goes by another name. */
  alias?: CustomerRef;
  payload: JsonRecord;
}

export interface InboundMessage extends CustomerRef {
  /** WhatsApp's id. */
  id: string;
  /** Who wrote it: a customer, or someone of ours in the WhatsApp app (an echo). */
  from: 'us' | 'customer';
  /** Seconds. */
  timestamp: number;
  type: string;
  payload: JsonRecord;
  media: InboundMedia | undefined;
  /** The group it was written in, whose chat it belongs to. */
  group: string | undefined;
  /** What it does to another message, where it is an edit or a revocation. */
  change: MessageChange | undefined;
  /** Of one that was written before we were there: the status it has reached, in small letters. */
  past: { status: string | undefined } | undefined;
}

export interface InboundStatus extends CustomerRef {
  /** WhatsApp's id of the message. */
  id: string;
  status: string;
  /** The group that the message was sent to. */
  group: string | undefined;
  /** The group member it is about; empty outside groups. */
  participant: string;
  /** Seconds. */
  timestamp: number;
  /** `biz_opaque_callback_data`. */
  callbackData: string | undefined;
  payload: JsonRecord;
}

/** Reads one of `contacts`; undefined where it names nobody. */
export function readContact(item: unknown): InboundContact | undefined {
  if (!isRecord(item)) return undefined;
  const ref = { phone: idOf(item['wa_id']), userId: idOf(item['user_id']) };
  if (ref.phone === undefined && ref.userId === undefined) return undefined;
  const profile = isRecord(item['profile']) ? item['profile'] : {};
  return {
    ...ref,
    name: textOf(profile['name']) ?? textOf(profile['username']) ?? '',
    payload: item,
  };
}

/** What is known of a message from around it. */
interface Surroundings {
  /** Who must have written it, where it names nobody. */
  otherwise?: CustomerRef | undefined;
  /** The business' own number in digits: whoever else a message of ours names is its customer. */
  ownNumber?: string | undefined;
}

/**
 * Reads one of `messages` or `message_echoes`; undefined where it has no id, or names nobody and
 * nobody else is known to be meant.
 */
export function readMessage(
  item: unknown,
  from: 'us' | 'customer',
  { otherwise, ownNumber }: Surroundings = {},
): InboundMessage | undefined {
  if (!isRecord(item)) return undefined;
  const id = idOf(item['id']);
  const group = idOf(item['group_id']);
  const named = from === 'us' ? recipientOf(item, ownNumber) : senderOf(item);
  const isNamed = named.phone !== undefined || named.userId !== undefined;
  // What is written in a group has its chat, even where nobody knows who wrote it.
  const ref = isNamed ? named : (otherwise ?? (group === undefined ? undefined : named));
  if (id === undefined || ref === undefined) return undefined;
  const type = typeOf(item);
  const change = readChange(type, item);
  const content = change?.message ?? { type, payload: item };
  return {
    phone: ref.phone,
    userId: ref.userId,
    id,
    from,
    timestamp: readTimestamp(item['timestamp']),
    type,
    payload: item,
    media: readMedia(content.type, content.payload),
    group,
    change,
    past: undefined,
  };
}

function senderOf(item: JsonRecord): CustomerRef {
  const system = isRecord(item['system']) ? item['system'] : {};
  const changedTo = idOf(system['wa_id']) ?? idOf(system['new_wa_id']);
  return {
    // Word of a changed number belongs to the chat under its new key.
    phone: (system['type'] === 'user_changed_number' ? changedTo : undefined) ?? idOf(item['from']),
    userId: idOf(system['user_id']) ?? idOf(item['from_user_id']),
  };
}

/** Some samples of an echo name its two ends the other way round. */
function recipientOf(item: JsonRecord, ownNumber: string | undefined): CustomerRef {
  const to = idOf(item['to']);
  const isTurned = to !== undefined && to === ownNumber && idOf(item['from']) !== ownNumber;
  return {
    phone: isTurned ? idOf(item['from']) : to,
    userId: idOf(item['to_user_id']) ?? (isTurned ? idOf(item['from_user_id']) : undefined),
  };
}

/** Content keys from which the type is told where WhatsApp left it out, as 360dialog's own example does. */
const CONTENT_KEYS = [
  'text',
  'location',
  'image',
  'audio',
  'video',
  'document',
  'sticker',
  'contacts',
  'reaction',
];

function typeOf(item: JsonRecord): string {
  return idOf(item['type']) ?? CONTENT_KEYS.find((key) => key in item) ?? 'unknown';
}

/** Meta's own pages spell the first one both ways (Groups API, "Webhooks"). */
const PARTICIPANT_KEYS = [
  'recipient_participant_id',
  'participant_recipient_id',
  'recipient_participant_user_id',
];

/** Reads one of `statuses` of a message; undefined where it has no id, or is a call's. */
export function readStatus(item: unknown): InboundStatus | undefined {
  if (!isRecord(item)) return undefined;
  const id = idOf(item['id']);
  const status = idOf(item['status']);
  if (id === undefined || status === undefined || item['type'] === 'call') return undefined;
  const isOfGroup = item['recipient_type'] === 'group';
  const recipient = idOf(item['recipient_id']);
  const group = isOfGroup ? (recipient ?? idOf(item['group_id'])) : undefined;
  return {
    id,
    status,
    group,
    participant:
      PARTICIPANT_KEYS.map((key) => idOf(item[key])).find((key) => key !== undefined) ?? '',
    timestamp: readTimestamp(item['timestamp']),
    phone: group === undefined ? recipient : undefined,
    userId: group === undefined ? idOf(item['recipient_user_id']) : undefined,
    callbackData: textOf(item['biz_opaque_callback_data']),
    payload: item,
  };
}

/** Past this, a timestamp can only be in milliseconds: in seconds it would be the year 5138. */
const FIRST_MILLISECONDS = 1e11;

/** Seconds from a string or a number, in seconds or, as some senders have it, milliseconds; 0 for nonsense. */
export function readTimestamp(value: unknown): number {
  const time = Number(value);
  if (!Number.isFinite(time) || time < 0) return 0;
  return Math.floor(time >= FIRST_MILLISECONDS ? time / 1000 : time);
}
