import { idOf, isRecord, type JsonRecord } from './json-record.ts';

/** What a message of type `edit` or `revoke` does to another one. */
export interface MessageChange {
  kind: 'edit' | 'revoke';
  /** WhatsApp's id of the message; undefined where it is not told. */
  original: string | undefined;
  /** What an edit puts in its place: the type and, under the type's name, the content. */
  message: { type: string; payload: JsonRecord } | undefined;
}

/** Names that a message has of its own, so that none of them can be a type's. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'from',
  'to',
  'id',
  'timestamp',
  'type',
  'context',
]);

/** Reads what a message does to another one; undefined for one that says something by itself. */
export function readChange(type: string, item: JsonRecord): MessageChange | undefined {
  if (type !== 'edit' && type !== 'revoke') return undefined;
  const holder = isRecord(item[type]) ? item[type] : {};
  const original = idOf(holder['original_message_id']);
  return { kind: type, original, message: type === 'edit' ? editedMessage(item) : undefined };
}

/** The message inside an edit, in its new form; undefined where it has no type or no content. */
export function editedMessage(item: JsonRecord): MessageChange['message'] {
  const edit = item['edit'];
  const payload = isRecord(edit) ? edit['message'] : undefined;
  if (!isRecord(payload)) return undefined;
  const type = idOf(payload['type']) ?? Object.keys(payload).find((key) => isRecord(payload[key]));
  const isNamed = type !== undefined && !OWN_NAMES.has(type) && payload[type] !== undefined;
  return isNamed ? { type, payload } : undefined;
}
