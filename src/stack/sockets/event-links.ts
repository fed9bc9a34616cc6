import type { ExtendedLists } from '../../events/event.ts';
import { idOf, isRecord, textOf, type JsonRecord } from '../../waba/json-record.ts';
import type { FileLink } from '../../waba/link-media.ts';
import { editedMessage } from '../../waba/message-changes.ts';

/** The links to the files of an event's messages, by WhatsApp's ids of the messages. */
export function fileLinksIn(extended: ExtendedLists): Map<string, FileLink> {
  const shown = [...(extended.incoming_messages ?? []), ...(extended.outgoing_messages ?? [])];
  const links = new Map<string, FileLink>();
  for (const message of shown) {
    const payload = isRecord(message) ? message['waba_payload'] : undefined;
    if (!isRecord(payload)) continue;
    const id = idOf(payload['id']);
    const path = pathToFile(payload);
    const content = path.reduce<unknown>(
      (at, name) => (isRecord(at) ? at[name] : undefined),
      payload,
    );
    const link = isRecord(content) ? textOf(content['link']) : undefined;
    if (id !== undefined && link !== undefined) links.set(id, { path, link });
  }
  return links;
}

/** In an edit the file is in the message that it brings. */
function pathToFile(payload: JsonRecord): string[] {
  const type = textOf(payload['type']) ?? '';
  return type === 'edit' ? ['edit', 'message', editedMessage(payload)?.type ?? ''] : [type];
}

/** A message as WABA sends it, with the link to its file. */
export function withFileLink(message: unknown, links: ReadonlyMap<string, FileLink>): unknown {
  if (!isRecord(message)) return message;
  const file = links.get(idOf(message['id']) ?? '');
  return file === undefined ? message : linkedAt(message, file.path, file.link);
}

function linkedAt(value: unknown, [name, ...path]: readonly string[], link: string): unknown {
  if (!isRecord(value)) return value;
  if (name === undefined) return 'link' in value ? value : { ...value, link };
  return name in value ? { ...value, [name]: linkedAt(value[name], path, link) } : value;
}
