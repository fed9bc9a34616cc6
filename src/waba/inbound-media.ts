import { isRecord, textOf, type JsonRecord } from './json-record.ts';

/** A file in a customer's message. */
export interface InboundMedia {
  /** WABA's id of it, good for seven days. */
  id: string;
  mimeType: string;
  filename: string | undefined;
}

/** The types whose content is a file; `voice` is the On-Prem name of a voice note. */
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  'image',
  'audio',
  'video',
  'document',
  'sticker',
  'voice',
]);

/** Reads the file of a message; undefined where it has none, or one without an id ("undownloaded"). */
export function readMedia(type: string, item: JsonRecord): InboundMedia | undefined {
  const content = item[type];
  if (!MEDIA_TYPES.has(type) || !isRecord(content)) return undefined;
  const id = textOf(content['id']);
  if (id === undefined) return undefined;
  return {
    id,
    mimeType: textOf(content['mime_type']) ?? 'application/octet-stream',
    filename: textOf(content['filename']),
  };
}
