import type { StackConfig } from '../../config.ts';
import { mediaUrl, signedMediaUrl } from './signed-media-url.ts';

/** How what is shown says where things are. */
export interface Links {
  /** `https://host` of links. */
  baseUrl: string;
  /** The link to a file by its id. */
  mediaLink: (mediaId: string) => string;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Returns the links of what is shown or written at `now` (milliseconds). Those to files open without a token
 * for as long as an event of that time is kept, rounded up to whole days: all that is shown on one day has
 * the same link to a file, so that browsers have it in their caches. With MEDIA_LINKS=token they say only where the file is.
 */
export function linksAt(config: StackConfig, baseUrl: string, now: number): Links {
  if (config.mediaLinks === 'token') return { baseUrl, mediaLink: (id) => mediaUrl(baseUrl, id) };
  const days = Math.ceil(now / DAY_MS + config.retention.eventsDays);
  const expiresAt = (days * DAY_MS) / 1_000;
  return { baseUrl, mediaLink: (id) => signedMediaUrl({ config }, id, expiresAt, baseUrl) };
}
