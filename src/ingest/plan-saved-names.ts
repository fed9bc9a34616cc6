import type { InboundBody } from '../waba/envelope.ts';
import type { CustomerBook } from './customer-book.ts';

/** A customer's name in the business' phone, for the chat of that key; null takes it away. */
export interface SavedNameWrite {
  waId: string;
  name: string | null;
  /** The contact of a chat that there is not yet, as JSON. */
  contact: string;
}

/** Longer ones are no names; see `planChats`. */
const MAX_NAME_CHARACTERS = 1_000;

/** What the names in a body's contacts change, one write for each customer. */
export function planSavedNames(
  { savedNames }: Pick<InboundBody, 'savedNames'>,
  book: CustomerBook,
): SavedNameWrite[] {
  const writes = new Map<string, SavedNameWrite>();
  for (const saved of savedNames) {
    const waId = book.keyOf(saved);
    if (waId === undefined) continue;
    const name = saved.name?.slice(0, MAX_NAME_CHARACTERS).toWellFormed() ?? null;
    const contact = JSON.stringify({ profile: { name: name ?? '' }, wa_id: waId });
    writes.set(waId, { waId, name, contact });
  }
  return [...writes.values()];
}
