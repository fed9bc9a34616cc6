import type { StackConfig } from '../../config.ts';
import { THIS_MACHINE_URL } from '../../outbound/own-host.ts';
import { isUuid } from '../../waba/callback-data.ts';
import { isRecord } from '../../waba/json-record.ts';
import { mediaIdOfLink } from '../media/media-id-of-link.ts';
import { mediaUrl, withOwnLinks } from '../media/links.ts';
import { FILES } from './foreign-keys.ts';

/** A link in a message that leads to a file of ours, or looks as if it did. */
export interface MediaLink {
  link: string;
  mediaId: string;
  /** What the file is sent as: the name under which the link stands, `image` say. */
  as: string;
  /** Whether it leads to us, not to the same path of somebody else's host. */
  isOwn: boolean;
}

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

/**
 * Writes the files that a message names by our ids (the answers of an upload), however deep, as links to
 * them: what is done for a link is done for these. An id of WhatsApp's is another kind of text, and stays.
 */
export function withIdsAsLinks<Message extends { type: string; content: unknown }>(
  message: Message,
  config: Pick<StackConfig, 'publicUrl'>,
): { message: Message; namedById: ReadonlySet<string> } {
  const namedById = new Set<string>();
  const convert = (name: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => convert(name, item));
    if (!isRecord(value)) return value;
    const { id, ...others } = value;
    const mediaId = FILES.has(name) && typeof id === 'string' ? id.toLowerCase() : '';
    const isOurs = isUuid(mediaId);
    if (isOurs) namedById.add(mediaId);
    const kept = isOurs ? { link: lastingLink(config, mediaId), ...others } : value;
    return Object.fromEntries(
      Object.entries(kept).map(([key, member]) => [key, convert(key, member)]),
    );
  };
  const content = convert(message.type, message.content);
  return { message: namedById.size === 0 ? message : { ...message, content }, namedById };
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
      .map(({ link, mediaId }) => [link, lastingLink(config, mediaId)]),
  );
  return rewritten.size === 0 ? content : withOwnLinks(content, (link) => rewritten.get(link));
}

function lastingLink({ publicUrl }: Pick<StackConfig, 'publicUrl'>, mediaId: string): string {
  return mediaUrl(publicUrl ?? THIS_MACHINE_URL, mediaId);
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
