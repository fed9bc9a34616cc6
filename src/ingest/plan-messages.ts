import type { MessageSource } from '../inbox/messages/present-message.ts';
import { searchTextOf } from '../inbox/messages/search-text.ts';
import type { InboundMedia } from '../waba/inbound-media.ts';
import type { InboundMessage } from '../waba/items.ts';
import { idOf, type JsonRecord } from '../waba/json-record.ts';
import type { CustomerBook } from './customer-book.ts';
import type { PlanInput } from './plan.ts';

/** A message to be stored. */
export interface MessageWrite {
  id: string;
  wabaId: string;
  chat: string;
  fromUs: 0 | 1;
  timestamp: number;
  /** Position among the customer's new messages in this body, from 1; null for our own. */
  rank: number | null;
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
  return input.inbound.messages.flatMap((message) => {
    const chat = book.keyOf(message);
    if (chat === undefined || seen.has(message.id)) return [];
    seen.add(message.id);
    const rank = message.from === 'us' ? null : (ranks.get(chat) ?? 0) + 1;
    if (rank !== null) ranks.set(chat, rank);
    return [writeOf(message, chat, rank, () => input.newId())];
  });
}

function writeOf(
  message: InboundMessage,
  chat: string,
  rank: number | null,
  newId: () => string,
): MessageWrite {
  const media = mediaOf(message, newId);
  const fromUs = message.from === 'us' ? 1 : 0;
  const source: MessageSource = {
    id: newId(),
    waba_id: message.id,
    chat,
    from_us: fromUs,
    type: message.type,
    timestamp: message.timestamp,
    ordinal: null,
    payload: payloadOf(message),
    sender_id: null,
    media_id: media?.uuid ?? null,
    sent: null,
    delivered: null,
    read: null,
    is_failed: 0,
    errors: null,
    callback_data: null,
  };
  return {
    id: source.id,
    wabaId: message.id,
    chat,
    fromUs,
    timestamp: message.timestamp,
    rank,
    searchText: cut(searchTextOf(message.payload) ?? undefined, MAX_SEARCH_CHARACTERS) ?? null,
    media,
    source,
    raw: message.payload,
  };
}

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

function payloadOf({ payload, id, type, timestamp }: InboundMessage): string {
  const text = JSON.stringify(payload);
  if (text.length <= MAX_PAYLOAD_CHARACTERS) return text;
  return JSON.stringify({ from: idOf(payload['from']), id, timestamp: String(timestamp), type });
}
