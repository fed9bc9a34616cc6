import type { StackConfig } from '../../config.ts';
import { signPath } from '../../auth/signed-url.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { isRecord } from '../../waba/json-record.ts';

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

/** Where a file is served. */
export function mediaUrl(baseUrl: string, mediaId: string): string {
  return `${baseUrl}/api/v1/media/${mediaId}/`;
}

/**
 * Returns a link that opens a file to whoever has it, without signing in, until
 * `expiresAtSeconds` (POSIX seconds). It begins with `baseUrl` (`https://host`), or with the stack's
 * public URL; where neither is known it is only a path.
 */
export function signedMediaUrl(
  { config }: Pick<StackContext, 'config'>,
  mediaId: string,
  expiresAtSeconds: number,
  baseUrl: string = config.publicUrl ?? '',
): string {
  const query = signPath(config, mediaUrl('', mediaId), expiresAtSeconds);
  return `${mediaUrl(baseUrl, mediaId)}?${query}`;
}

/** Returns a value with other links in it, however deep: `linkFor` says which; undefined leaves one as it is. */
export function withOwnLinks(
  value: unknown,
  linkFor: (link: string) => string | undefined,
): unknown {
  if (Array.isArray(value)) return value.map((item) => withOwnLinks(item, linkFor));
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const link = name === 'link' && typeof member === 'string' ? linkFor(member) : undefined;
    return [name, link ?? withOwnLinks(member, linkFor)];
  });
  return Object.fromEntries(members);
}
