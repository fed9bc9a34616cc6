import { WaypostError } from '../../error.ts';
import { ENTRY_POINT_WINDOW_S, type LastWritten, windowEndsAt } from '../chats/person.ts';

/** What WhatsApp takes at any time; all else only within a customer's window. */
const ALWAYS_TAKEN: ReadonlySet<string> = new Set(['template']);

/**
 * Throws `window_closed` for a message that WhatsApp would refuse later (error 131047): the customer has
 * not written for too long, or never. Who never wrote to us may have written before we listened, so
 * that counts only once we have heard (`heardSince`, milliseconds; null for nothing yet) for as long as
 * a window may be open; until then WhatsApp decides. `now` is in milliseconds.
 */
export function checkWindow(
  type: string,
  chat: LastWritten | undefined,
  heardSince: number | null,
  now: number,
): void {
  if (ALWAYS_TAKEN.has(type)) return;
  const endsAt = chat === undefined ? null : windowEndsAt(chat);
  const isOpen =
    endsAt === null
      ? heardSince === null || now - heardSince < ENTRY_POINT_WINDOW_S * 1000
      : now / 1000 < endsAt;
  if (isOpen) return;
  throw new WaypostError(
    'window_closed',
    'The customer has not written in the last 24 hours: only a template can be sent to them.',
  );
}
