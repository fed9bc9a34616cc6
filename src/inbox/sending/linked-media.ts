import type { StackConfig } from '../../config.ts';
import { isRecord } from '../../waba/json-record.ts';
import { mediaIdOfLink } from '../media/media-id-of-link.ts';
import { mediaUrl, withOwnLinks } from '../media/links.ts';

/** A link in a message that leads to a file of ours, or looks as if it did. */
export interface MediaLink {
  link: string;
  mediaId: string;
  /** What the file is sent as: the name under which the link stands, `image` say. */
  as: string;
  /** Whether it leads to us, not to the same path of somebody else's host. */
  isOwn: boolean;
}

/** Links to this very machine are ours wherever they are read; WABA could reach nothing there. */
const LOCAL_URL = 'http://localhost';

/**
 * The links in a message, however deep (a template's header has one, too), with the path of a file of
 * ours. Own are those to `ownOrigins` (`https://host`), to this machine, and those that `isSigned` knows
 * as signed by us: they name us whatever host they came by.
 */
export function mediaLinks(
  { type, content }: { type: string; content: unknown },
  ownOrigins: readonly string[],
  isSigned: (url: URL) => boolean = () => false,
): MediaLink[] {
  if (Array.isArray(content)) {
    return content.flatMap((item: unknown) =>
      mediaLinks({ type, content: item }, ownOrigins, isSigned),
    );
  }
  if (!isRecord(content)) return [];
  const { link } = content;
  const found = typeof link === 'string' ? readLink(link, type, ownOrigins, isSigned) : undefined;
  const inside = Object.entries(content).flatMap(([name, member]) =>
    mediaLinks({ type: name, content: member }, ownOrigins, isSigned),
  );
  return found === undefined ? inside : [found, ...inside];
}

/** The origins that are a stack's own at any time: where it says it can be reached. */
export function ownOriginsOf({ publicUrl }: Pick<StackConfig, 'publicUrl'>): string[] {
  return publicUrl === undefined ? [] : [new URL(publicUrl).origin];
}

/**
 * Writes own links so that they are known as such later, when nobody can tell to which host the request
 * was sent: to the stack's public URL, or else to this machine. A signature in them, which ends some
 * day, is left out. Other links stay as they are.
 */
export function withLastingLinks(
  content: unknown,
  links: readonly MediaLink[],
  config: Pick<StackConfig, 'publicUrl'>,
): unknown {
  const lasting = ownOriginsOf(config);
  const isLasting = (link: string) =>
    mediaIdOfLink(link, lasting) !== undefined && !URL.parse(link)?.searchParams.has('signature');
  const rewritten = new Map(
    links
      .filter(({ link, isOwn }) => isOwn && !isLasting(link))
      .map(({ link, mediaId }) => [link, mediaUrl(config.publicUrl ?? LOCAL_URL, mediaId)]),
  );
  return rewritten.size === 0 ? content : withOwnLinks(content, (link) => rewritten.get(link));
}

function readLink(
  link: string,
  as: string,
  ownOrigins: readonly string[],
  isSigned: (url: URL) => boolean,
): MediaLink | undefined {
  const url = URL.parse(link);
  const mediaId = url === null ? undefined : mediaIdOfLink(link, [url.origin]);
  if (url === null || mediaId === undefined) return undefined;
  const isOwn = mediaIdOfLink(link, ownOrigins) !== undefined || isSigned(url);
  return { link, mediaId, as, isOwn };
}
