import { sha256Hex } from '../../auth/digest.ts';
import type { JsonRecord } from '../../waba/json-record.ts';
import { addressOf } from '../../waba/recipient.ts';
import { typeOfName } from '../media/file-name.ts';
import { kindOf } from '../media/media-kinds.ts';
import { UNKNOWN_TYPE } from '../media/mime-type.ts';
import { searchTextOf } from '../messages/search-text.ts';
import type { ExportedChat, ExportedMessage } from './parse-export.ts';

/** A message to be stored. */
export interface ImportedMessage {
  /** Ours; the same whenever the same message is imported. */
  id: string;
  fromUs: 0 | 1;
  type: string;
  /** Seconds; the message may be of up to `until`, as an export tells minutes only. */
  timestamp: number;
  until: number;
  /** JSON. */
  payload: string;
  searchText: string | null;
  /** The file that it is; undefined for a text. */
  filename: string | undefined;
}

/** Whose messages these are, and when they were. */
export interface ImportFrame {
  waId: string;
  /** As which author the customer wrote. */
  customer: string | undefined;
  /** How far the phone's clock is ahead of UTC. */
  utcOffsetMinutes: number;
}

/** What search looks through must fit a row together with all else, escaped. */
const MAX_SEARCH_CHARACTERS = 50_000;

/**
 * Makes messages of what was exported. An id is made of the customer, the phone's clock and the text, so
 * that the same export is known again; the clock is the phone's because its distance to UTC changes
 * with the season, and what an export says does not.
 */
export function planImport(
  { messages, resolution }: ExportedChat,
  frame: ImportFrame,
): ImportedMessage[] {
  const counts = new Map<string, number>();
  return messages.map((message) => {
    const fromUs = message.author === frame.customer ? 0 : 1;
    const { localTime, text, filename = '' } = message;
    const key = JSON.stringify([frame.waId, fromUs, localTime, filename, text]);
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    const timestamp = localTime - frame.utcOffsetMinutes * 60;
    const id = uuidOf(`${key}${nth}`);
    const content = contentOf(message);
    const address = fromUs === 1 ? addressOf(frame.waId) : { from: frame.waId };
    const payload = { ...address, id, timestamp: String(timestamp), ...content };
    return {
      id,
      fromUs,
      type: content.type,
      timestamp,
      until: timestamp + resolution - 1,
      payload: JSON.stringify(payload),
      searchText: cut(searchTextOf(payload)),
      filename: message.filename,
    };
  });
}

function contentOf({ text, filename }: ExportedMessage): JsonRecord & { type: string } {
  if (filename === undefined) return { type: 'text', text: { body: text } };
  const mimeType = typeOfName(filename) ?? UNKNOWN_TYPE;
  const type = kindOf(mimeType);
  const caption = text === '' ? {} : { caption: text };
  // As WhatsApp has it: only documents have names. What came from it is known again by that.
  const name = type === 'document' ? { filename } : {};
  return { type, [type]: { mime_type: mimeType, ...name, ...caption } };
}

function cut(text: string | null): string | null {
  return text?.slice(0, MAX_SEARCH_CHARACTERS).toWellFormed() ?? null;
}

/** A UUID of version 8 (RFC 9562): its other bits are for whoever makes it. */
function uuidOf(key: string): string {
  const hex = sha256Hex(key);
  const variant = ((parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
