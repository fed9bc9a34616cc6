import { Problem } from './answer.ts';
import type { Draft } from './inbound-message.ts';
import { isObject, stringOf, type JsonObject } from './json-object.ts';
import type { MediaStore } from './media-store.ts';
import { baseType } from './media-types.ts';
import { sampleMedia, sampleTypes } from './sample-media.ts';

/** What a phone sends of each kind when it is not told, and what WhatsApp says about it. */
const DEFAULTS = new Map<string, { mimeType: string; more: JsonObject }>([
  ['image', { mimeType: 'image/png', more: {} }],
  ['audio', { mimeType: 'audio/ogg; codecs=opus', more: { voice: true } }],
  ['video', { mimeType: 'video/mp4', more: {} }],
  ['document', { mimeType: 'application/pdf', more: { filename: 'document.pdf' } }],
  ['sticker', { mimeType: 'image/webp', more: { animated: false } }],
]);

/**
 * The draft with a stored file behind its media object: the bytes that came with it, or a made
 * sample. A media object that has an id already stays as it is. Throws Problem 400 for a type that
 * cannot be made.
 */
export function withMedia(draft: Draft, store: MediaStore): Draft {
  const defaults = DEFAULTS.get(draft.type);
  if (!defaults || !isObject(draft.content) || draft.content['id'] !== undefined) return draft;

  const given = stringOf(draft.content, 'mime_type') ?? draft.mimeType;
  const mimeType = given ?? defaults.mimeType;
  const media = store.add(bytesOf(draft, mimeType), mimeType, 'phone');
  const more = given === undefined ? defaults.more : {};
  const file = {
    id: media.id,
    mime_type: mimeType,
    sha256: Buffer.from(media.sha256, 'hex').toString('base64'),
    url: store.urlOf(media),
  };
  return { ...draft, content: { ...more, ...draft.content, ...file } };
}

function bytesOf(draft: Draft, mimeType: string): Uint8Array {
  if (draft.mediaBase64 !== undefined) return Buffer.from(draft.mediaBase64, 'base64');
  const sample = sampleMedia(baseType(mimeType));
  if (sample) return sample;
  const makes = sampleTypes().join(', ');
  throw new Problem(400, `No sample of ${mimeType}: give media_base64, or one of ${makes}`);
}
