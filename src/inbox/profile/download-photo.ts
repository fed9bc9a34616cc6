import type { StackConfig } from '../../config.ts';
import { AS_IT_CAME, dropBody, readAnswer } from '../../outbound/read-answer.ts';
import { USER_AGENT } from '../../outbound/user-agent.ts';
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
  const headers = new Headers({ 'User-Agent': USER_AGENT });
  if (source.needsKey) headers.set('D360-API-KEY', config.d360ApiKey ?? '');
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const response = await fetch(source.url, { headers, redirect: 'manual', signal, ...AS_IT_CAME });
  if (!response.ok) {
    await dropBody(response);
    throw new Error(`The photo was answered with HTTP status ${response.status}.`);
  }
  const { bytes, end } = await readAnswer(response, MAX_PHOTO_BYTES + 1, signal);
  if (end === 'bound') throw new Error('The photo is too large.');
  if (end !== 'whole') throw new Error('The photo broke off.');
  const mimeType = typeOfContent(bytes.subarray(0, HEAD_BYTES));
  if (!isPhotoType(mimeType)) throw new Error('What came is no photo.');
  return { bytes, mimeType };
}
