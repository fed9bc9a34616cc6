import { isRecord } from '../../waba/json-record.ts';
import { mediaIdOfLink } from '../media/media-id-of-link.ts';

/**
 * The links in a message, however deep (a template's header has one, too), that may lead to a file of
 * ours: the file's id by link. Whatever the host, which nobody knows by heart where a stack has several:
 * whether there is such a file is for the caller to look up.
 */
export function linkedMedia(content: unknown): Map<string, string> {
  const found = new Map<string, string>();
  collect(content, found);
  return found;
}

function collect(value: unknown, found: Map<string, string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  if (!isRecord(value)) return;
  const { link } = value;
  const id = typeof link === 'string' ? mediaIdOf(link) : undefined;
  if (typeof link === 'string' && id !== undefined) found.set(link, id);
  for (const member of Object.values(value)) collect(member, found);
}

function mediaIdOf(link: string): string | undefined {
  const origin = URL.parse(link)?.origin;
  return origin === undefined ? undefined : mediaIdOfLink(link, [origin]);
}
