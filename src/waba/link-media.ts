import { applyEdits, itemSpans, under, type Edit } from './item-spans.ts';
import { childSpans, type Span } from './json-text.ts';

/** A message's file: the names on the way to its object, from the message on, and the link to it. */
export interface FileLink {
  path: readonly string[];
  link: string;
}

/** What WABA calls lists of messages: customers', and those that were sent by another of the number's apps. */
const MESSAGE_LISTS = ['messages', 'message_echoes'];

/**
 * Writes links into the media objects of messages in a body of WABA's, by WhatsApp's ids of the messages. A link
 * that is there already stays, and so does everything else, byte for byte. `text` is valid JSON.
 */
export function linkMedia(text: string, links: ReadonlyMap<string, FileLink>): string {
  if (links.size === 0) return text;
  const items = MESSAGE_LISTS.flatMap((list) => itemSpans(text, list, () => true));
  return applyEdits(
    text,
    items.flatMap((item) => editOf(text, item, links) ?? []),
  );
}

function editOf(text: string, item: Span, links: ReadonlyMap<string, FileLink>): Edit | undefined {
  const id = under(text, [item], 'id', false).at(-1);
  if (id === undefined) return undefined;
  const known: unknown = JSON.parse(text.slice(id.valueStart, id.end));
  const file = typeof known === 'string' ? links.get(known) : undefined;
  if (file === undefined) return undefined;
  let media: Span | undefined = item;
  for (const name of file.path) {
    media = media && under(text, [media], name, false).at(-1);
    if (media === undefined || text[media.valueStart] !== '{') return undefined;
  }
  const members = childSpans(text, media.valueStart);
  const last = members.at(-1);
  if (last === undefined || members.some(({ key }) => key === 'link')) return undefined;
  const replacement = `,"link":${JSON.stringify(file.link)}`;
  return { start: last.end, end: last.end, replacement };
}
