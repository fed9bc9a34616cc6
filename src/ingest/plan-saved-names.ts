import type { SavedName } from '../inbox/chats/chat-rows.ts';
import type { InboundBody } from '../waba/envelope.ts';
import type { CustomerBook } from './customer-book.ts';

/** Longer ones are no names; see `planChats`. */
const MAX_NAME_CHARACTERS = 1_000;

/** What the names in a body's contacts change, one write for each customer. */
export function planSavedNames(
  { savedNames }: Pick<InboundBody, 'savedNames'>,
  book: CustomerBook,
): SavedName[] {
  const writes = new Map<string, SavedName>();
  for (const saved of savedNames) {
    const waId = book.keyOf(saved);
    if (waId === undefined) continue;
    const name = saved.name?.slice(0, MAX_NAME_CHARACTERS).toWellFormed() ?? null;
    writes.set(waId, { waId, name });
  }
  return [...writes.values()];
}
