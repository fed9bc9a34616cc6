import type { EventChat, MessageOrigin } from '../../events/audience.ts';
import { readJson } from '../../store/database.ts';
import type { MessageRow } from './present-message.ts';

type Source = Pick<MessageRow, 'id' | 'api_origin'>;

/** What dialects say of some of our messages, by our ids, as a part of their chat in an event; empty for nothing. */
export function originsOf(messages: readonly Source[]): Pick<EventChat, 'origins'> {
  const known = messages.flatMap(({ id, api_origin: json }) =>
    json === null ? [] : [[id, readJson<MessageOrigin>(json)] as const],
  );
  return known.length === 0 ? {} : { origins: Object.fromEntries(known) };
}
