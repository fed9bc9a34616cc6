import { baseType } from './mime-type.ts';

export type MediaKind = 'image' | 'audio' | 'video' | 'sticker' | 'document';

const KB = 1024;
const MB = 1024 * KB;

/** What WhatsApp takes as more than a document (Meta: Cloud API, supported media types). */
const KINDS = new Map<string, MediaKind>([
  ['image/jpeg', 'image'],
  ['image/png', 'image'],
  ['image/webp', 'sticker'],
  ['audio/aac', 'audio'],
  ['audio/mp4', 'audio'],
  ['audio/mpeg', 'audio'],
  ['audio/amr', 'audio'],
  ['audio/ogg', 'audio'],
  ['video/mp4', 'video'],
  ['video/3gpp', 'video'],
]);

/** The documents that `POST /media` of WABA takes; a link to any other kind may be sent all the same. */
const DOCUMENTS: ReadonlySet<string> = new Set([
  'text/plain',
  'application/pdf',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
]);

/**
 * Largest upload by kind, in bytes: WhatsApp's own limits, but for documents. WhatsApp takes 100 MB of
 * those; an isolate has 128 MB, and FormData holds the body and its parts: 20 MB leave room for a
 * second upload at the same time.
 */
const MAX_BYTES: Readonly<Record<MediaKind, number>> = {
  image: 5 * MB,
  audio: 16 * MB,
  video: 16 * MB,
  sticker: 500 * KB,
  document: 20 * MB,
};

/** Returns as what a file of this type can be sent; anything can be sent as a document. */
export function kindOf(mimeType: string): MediaKind {
  return KINDS.get(baseType(mimeType)) ?? 'document';
}

/** Whether WhatsApp shows a file of this type in a message of type `sentAs`; other types show none. */
export function canBeSentAs(mimeType: string, sentAs: string): boolean {
  const isKind = Object.hasOwn(MAX_BYTES, sentAs);
  return !isKind || sentAs === 'document' || kindOf(mimeType) === sentAs;
}

/** Returns how many bytes an upload of this type may have. */
export function maxUploadBytes(mimeType: string): number {
  return MAX_BYTES[kindOf(mimeType)];
}

/** Whether WABA takes an upload of this type; others are refused, and refusals are counted there. */
export function isTakenByWaba(mimeType: string): boolean {
  const type = baseType(mimeType);
  return KINDS.has(type) || DOCUMENTS.has(type);
}
