import type { StackConfig } from '../../config.ts';
import { HEAD_BYTES, typeOfContent } from '../media/magic-number.ts';
import { isPhotoType, MAX_PHOTO_BYTES } from './photo-file.ts';
import { photoSource } from './photo-url.ts';

const DEADLINE_MS = 15_000;

/** A photo, whole: it is small. */
export interface Photo {
  bytes: Uint8Array;
  mimeType: 'image/jpeg' | 'image/png';
}

/**
 * Downloads the photo that WABA links to. Throws an Error where the link leads elsewhere, nobody
 * answers, or what comes is no photo or too large a one.
 */
export async function downloadPhoto(config: StackConfig, link: string): Promise<Photo> {
  const source = photoSource(link, config.wabaApiUrl);
  if (source === undefined) throw new Error('WABA links to a host we do not know.');
  const headers = new Headers(source.needsKey ? [['D360-API-KEY', config.d360ApiKey ?? '']] : []);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const response = await fetch(source.url, { headers, redirect: 'manual', signal });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`The photo was answered with HTTP status ${response.status}.`);
  }
  const bytes = await readBytes(response);
  const mimeType = typeOfContent(bytes.subarray(0, HEAD_BYTES));
  if (!isPhotoType(mimeType)) throw new Error('What came is no photo.');
  return { bytes, mimeType };
}

async function readBytes(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw cancels the stream, which frees the connection.
  for await (const chunk of response.body ?? []) {
    const bytes: Uint8Array = chunk;
    size += bytes.length;
    if (size > MAX_PHOTO_BYTES) throw new Error('The photo is too large.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
