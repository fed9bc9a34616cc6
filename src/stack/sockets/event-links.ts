import type { ExtendedLists } from '../../events/event.ts';
import { idOf, isRecord, textOf, type JsonRecord } from '../../waba/json-record.ts';
import type { FileLink } from '../../waba/link-media.ts';

/** The links to the files of an event's messages, by WhatsApp's ids of the messages. */
export function fileLinksIn(extended: ExtendedLists): Map<string, FileLink> {
  const shown = [...(extended.incoming_messages ?? []), ...(extended.outgoing_messages ?? [])];
  const links = new Map<string, FileLink>();
  for (const message of shown) {
    const payload = isRecord(message) ? message['waba_payload'] : undefined;
    if (!isRecord(payload)) continue;
    const id = idOf(payload['id']);
    const type = textOf(payload['type']);
    const content = type === undefined ? undefined : payload[type];
    const link = isRecord(content) ? textOf(content['link']) : undefined;
    if (id !== undefined && type !== undefined && link !== undefined) links.set(id, { type, link });
  }
  return links;
}

/** A message as WABA sends it, with the link to its file. */
export function withFileLink(message: unknown, links: ReadonlyMap<string, FileLink>): unknown {
  if (!isRecord(message)) return message;
  const file = links.get(idOf(message['id']) ?? '');
  const content = file === undefined ? undefined : message[file.type];
  if (file === undefined || !isRecord(content)) return message;
  return { ...message, [file.type]: linked(content, file.link) };
}

function linked(content: JsonRecord, link: string): JsonRecord {
  return 'link' in content ? content : { ...content, link };
}
