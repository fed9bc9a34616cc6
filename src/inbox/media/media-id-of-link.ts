import { isThisMachine } from '../../outbound/own-host.ts';
import { isUuid } from '../../waba/callback-data.ts';

/** Where files are served, with and without the trailing slash. */
const MEDIA_PATH = /^\/api\/v1\/media\/([0-9a-f-]{36})\/?$/i;

/**
 * Returns the id of the file that a link leads to, where it is one of ours: served at one of
 * `ownOrigins` (`https://host`) or at this very machine, by any port: WABA could reach nothing there. Undefined for other links.
 */
export function mediaIdOfLink(link: string, ownOrigins: readonly string[]): string | undefined {
  const url = URL.parse(link);
  if (url === null || !isOwn(url, ownOrigins)) return undefined;
  const id = MEDIA_PATH.exec(url.pathname)?.[1]?.toLowerCase();
  return id !== undefined && isUuid(id) ? id : undefined;
}

function isOwn(url: URL, ownOrigins: readonly string[]): boolean {
  if (url.username !== '' || url.password !== '') return false;
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return ownOrigins.includes(url.origin) || (isWeb && isThisMachine(url.hostname));
}
