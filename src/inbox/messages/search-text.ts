import { sql } from 'drizzle-orm';
import { isRecord, type JsonRecord } from '../../waba/json-record.ts';
import { editedMessage } from '../../waba/message-changes.ts';

/**
 * The row number that a message has in the search index, over the alias `m` of `messages`: its time, then
 * the end of its own row number, then whose it is. FTS5 gives matches in the order of their row numbers,
 * so they come newest first, from any time on, though messages come late or are imported. Two messages of
 * one second share a key only if a million came between them; then either is found by both's texts.
 */
export const SEARCH_KEY = sql.raw('((m.timestamp << 21) | ((m.n & 1048575) << 1) | m.from_us)');

/** Types whose caption and file name are searched (spec: listMessages, `search`). */
const CAPTIONED = ['image', 'document', 'audio', 'video', 'voice', 'sticker'];

/**
 * What search finds a message by: its text, or its caption and file name; an edit by those that it
 * brings. Null where it has none.
 */
export function searchTextOf(message: JsonRecord): string | null {
  const payload = (message['type'] === 'edit' && editedMessage(message)?.payload) || message;
  const { text } = payload;
  const parts: unknown[] = isRecord(text) ? [text['body']] : [];
  for (const type of CAPTIONED) {
    const content = payload[type];
    if (isRecord(content)) parts.push(content['caption'], content['filename']);
  }
  const found = parts.filter((part) => typeof part === 'string' && part !== '').join('\n');
  // Half a surrogate pair is legal in JSON and not in UTF-8, which the database keeps.
  return found === '' ? null : found.toWellFormed();
}
