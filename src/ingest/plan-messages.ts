import type { MessageRow, MessageSource } from '../inbox/messages/present-message.ts';
import { searchTextOf } from '../inbox/messages/search-text.ts';
import type { InboundMedia } from '../waba/inbound-media.ts';
import type { InboundContact, InboundMessage } from '../waba/items.ts';
import { idOf, type JsonRecord } from '../waba/json-record.ts';
import type { CustomerBook } from './customer-book.ts';
import type { PlanInput } from './known.ts';

/** A message to be stored. */
export interface MessageWrite {
  id: string;
  wabaId: string;
  chat: string;
  fromUs: 0 | 1;
  timestamp: number;
  /**
   * Position among the customer's new messages in this body, from 1; 0 for one that is nothing new to
   * receive: an edit, a revocation, or what was written before we were there. Null for our own.
   */
  rank: number | null;
  /** Whether the customer wrote it: it opens the window in which we may write what we like. */
  isWritten: boolean;
  /** Whether it was written before we were there: nobody is told of it. */
  isPast: boolean;
  isOfGroup: boolean;
  searchText: string | null;
  media: (InboundMedia & { uuid: string }) | undefined;
  source: MessageSource;
  /** The message as WhatsApp sent it. */
  raw: JsonRecord;
}

/**
 * A row and a bound value hold 2,000,000 bytes (D1's limits page). A character of the payload takes up
 * to three of them, also inside another JSON text; one of the search text, which may have to be
 * escaped there, up to six. No message that a phone can write comes near; one that does is kept
 * without its content, which the event's body still has.
 */
const MAX_PAYLOAD_CHARACTERS = 300_000;
const MAX_SEARCH_CHARACTERS = 50_000;

/** File systems end at 255 bytes; MIME types are shorter. */
const MAX_FILE_WORD_CHARACTERS = 500;

/** The messages of a body that are new, in its order, each once. */
export function planMessages(input: PlanInput, book: CustomerBook): MessageWrite[] {
  const seen = new Set(input.known.messages.map((row) => row.waba_id));
  const ranks = new Map<string, number>();
  const names = namesIn(input.inbound.contacts);
  return input.inbound.messages.flatMap((message) => {
    const chat = message.group ?? book.keyOf(message);
    if (chat === undefined || seen.has(message.id)) return [];
    seen.add(message.id);
    return [
      writeOf(message, chat, {
        rank: rankOf(message, chat, ranks),
        name: names.get(message.phone ?? '') ?? names.get(message.userId ?? ''),
        newId: () => input.newId(),
      }),
    ];
  });
}

function rankOf(
  { from, change, past }: InboundMessage,
  chat: string,
  ranks: Map<string, number>,
): number | null {
  if (from === 'us') return null;
  if (change !== undefined || past !== undefined) return 0;
  const rank = (ranks.get(chat) ?? 0) + 1;
  ranks.set(chat, rank);
  return rank;
}

function namesIn(contacts: readonly InboundContact[]): Map<string, string> {
  return new Map(
    contacts.flatMap(({ phone, userId, name }) =>
      [phone, userId].flatMap((key): [string, string][] =>
        key === undefined || name === '' ? [] : [[key, cut(name, MAX_FILE_WORD_CHARACTERS)]],
      ),
    ),
  );
}

interface Details {
  rank: number | null;
  /** The writer's own name; undefined where it did not come with the message. */
  name: string | undefined;
  newId: () => string;
}

function writeOf(
  message: InboundMessage,
  chat: string,
  { rank, name, newId }: Details,
): MessageWrite {
  const media = mediaOf(message, newId);
  const fromUs = message.from === 'us' ? 1 : 0;
  const isOfGroup = message.group !== undefined;
  const source: MessageSource = {
    id: newId(),
    waba_id: message.id,
    chat,
    from_us: fromUs,
    type: message.type,
    timestamp: message.timestamp,
    ordinal: rank,
    payload: payloadOf(message),
    sender_id: null,
    media_id: media?.uuid ?? null,
    ...reached(message),
    errors: null,
    callback_data: null,
    api_origin: null,
    participant: isOfGroup ? (message.phone ?? message.userId ?? null) : null,
    participant_name: isOfGroup ? (name ?? null) : null,
    refers_to: message.change?.original ?? null,
    edited: editedJson(message, media?.uuid),
    edited_at: null,
    is_deleted: 0,
    origin: message.past ? 'history' : fromUs === 1 ? 'business_app' : null,
  };
  return {
    id: source.id,
    wabaId: message.id,
    chat,
    fromUs,
    timestamp: message.timestamp,
    rank,
    isWritten: fromUs === 0 && message.change === undefined,
    isPast: message.past !== undefined,
    isOfGroup,
    searchText: searchTextIn(message),
    media,
    source,
    raw: message.payload,
  };
}

/** What search finds a message by, as far as it is kept. */
function searchTextIn({ payload }: InboundMessage): string | null {
  return cut(searchTextOf(payload) ?? undefined, MAX_SEARCH_CHARACTERS) ?? null;
}

/** The words of coexistence's history for the steps that a message of ours takes, in their order. */
const STEPS = ['sent', 'delivered', 'read'] as const;

/** When the steps were taken nobody tells: at the time of the message, so that it does not seem to wait. */
function reached({
  from,
  past,
  timestamp,
}: InboundMessage): Pick<MessageSource, 'sent' | 'delivered' | 'read' | 'is_failed'> {
  const status = past?.status === 'played' ? 'read' : past?.status;
  const last = from === 'us' ? STEPS.findIndex((step) => step === status) : -1;
  const at = (step: number): number | null => (step <= last ? timestamp : null);
  const isFailed = from === 'us' && status === 'error';
  return { sent: at(0), delivered: at(1), read: at(2), is_failed: isFailed ? 1 : 0 };
}

function editedJson({ change }: InboundMessage, mediaId: string | undefined): string | null {
  if (change?.message === undefined) return null;
  const { type, payload } = change.message;
  const json = JSON.stringify({ type, content: payload[type], media_id: mediaId ?? null });
  return json.length <= MAX_PAYLOAD_CHARACTERS ? json : null;
}

/** The file of a message, with the id that it gets here. */
function mediaOf({ media }: InboundMessage, newId: () => string): MessageWrite['media'] {
  if (media === undefined || idOf(media.id) === undefined) return undefined;
  return {
    id: media.id,
    mimeType: cut(media.mimeType, MAX_FILE_WORD_CHARACTERS),
    filename: cut(media.filename, MAX_FILE_WORD_CHARACTERS),
    uuid: newId(),
  };
}

/** Made well-formed afterwards, because the cut may go through a character. */
function cut<Text extends string | undefined>(text: Text, length: number): Text | string {
  return text === undefined || text.length <= length ? text : text.slice(0, length).toWellFormed();
}

/** A message as it is kept. */
function payloadOf({ payload, id, type, timestamp }: InboundMessage): string {
  const text = JSON.stringify(payload);
  if (text.length <= MAX_PAYLOAD_CHARACTERS) return text;
  return JSON.stringify({ from: idOf(payload['from']), id, timestamp: String(timestamp), type });
}

/** What stands for a file in the history that coexistence sends; the file comes in another body. */
export const PLACEHOLDER = 'media_placeholder';

/** The content of a message whose place was held until now. */
export interface MessageFill extends Pick<MessageRow, 'id' | 'type' | 'payload'> {
  searchText: string | null;
  media: MessageWrite['media'];
}

/** The messages in a body that bring what a known one only held the place of. */
export function planFills(input: PlanInput): MessageFill[] {
  const { inbound, known } = input;
  const held = new Map(
    known.messages.flatMap((row) =>
      row.type === PLACEHOLDER && row.waba_id !== null ? [[row.waba_id, row.id]] : [],
    ),
  );
  return inbound.messages.flatMap((message) => {
    const id = held.get(message.id);
    if (id === undefined || message.past === undefined || message.type === PLACEHOLDER) return [];
    held.delete(message.id);
    return [
      {
        id,
        type: message.type,
        payload: payloadOf(message),
        searchText: searchTextIn(message),
        media: mediaOf(message, () => input.newId()),
      },
    ];
  });
}
