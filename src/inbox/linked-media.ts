import { isRecord } from '../waba/json-record.ts';
import type { NewMessage } from './accept-message.ts';

/** Where files are served; see `mediaUrl`. */
const MEDIA_PATH = /^\/api\/v1\/media\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/;

/**
 * The id of the uploaded file that a message links to, or undefined. Such a file goes to WABA by
 * upload, because WABA cannot fetch from a host that only we can reach. `origins` are the ones that we
 * are known by.
 */
export function linkedMediaId(
  { type, content }: Pick<NewMessage, 'type' | 'content'>,
  origins: readonly (string | undefined)[],
): string | undefined {
  const link = isRecord(content) ? content['link'] : undefined;
  const url = typeof link === 'string' && type !== 'contacts' ? URL.parse(link) : null;
  if (url === null || !origins.some((origin) => originOf(origin) === url.origin)) return undefined;
  return MEDIA_PATH.exec(url.pathname)?.[1];
}

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : URL.parse(url)?.origin;
}
