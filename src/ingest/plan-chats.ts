import type { PersonSource } from '../inbox/chats/person.ts';
import type { InboundContact } from '../waba/items.ts';
import type { CustomerBook } from './customer-book.ts';
import type { MessageWrite } from './plan-messages.ts';

/** A chat to be made or brought up to date. */
export interface ChatWrite {
  waId: string;
  userId: string | null;
  name: string;
  /** The contact as JSON. */
  contact: string;
  lastIncoming: number | null;
  lastMessage: number | null;
  incoming: number;
  messages: number;
  isNew: boolean;
  /** Whether what search finds the chat by has changed. */
  isRenamed: boolean;
  /** The customer as they are after this body. */
  person: PersonSource;
}

/**
 * The chats that a body changes: those with new messages, and known ones whose customer's name or
 * user id came with something else. A contact alone makes no chat.
 */
export function planChats(
  contacts: readonly InboundContact[],
  messages: readonly MessageWrite[],
  book: CustomerBook,
): ChatWrite[] {
  const contactOf = new Map<string, InboundContact>();
  for (const contact of contacts) {
    const key = book.keyOf(contact);
    if (key !== undefined) contactOf.set(key, contact);
  }
  const keys = new Set([...messages.map((message) => message.chat), ...contactOf.keys()]);
  return [...keys].flatMap((key) => {
    const own = messages.filter((message) => message.chat === key);
    const write = writeOf(key, contactOf.get(key), own, book);
    return own.length > 0 || isChanged(write, book) ? [write] : [];
  });
}

function isChanged(write: ChatWrite, book: CustomerBook): boolean {
  if (write.isNew) return false;
  const stored = book.chat(write.waId);
  return write.isRenamed || (write.userId !== null && write.userId !== stored?.user_id);
}

function writeOf(
  waId: string,
  contact: InboundContact | undefined,
  messages: readonly MessageWrite[],
  book: CustomerBook,
): ChatWrite {
  const stored = book.chat(waId);
  const incoming = messages.filter((message) => message.fromUs === 0);
  const name = (contact?.name || stored?.name || '').toWellFormed();
  const lastIncoming = latest([
    stored?.last_incoming,
    ...incoming.map((message) => message.timestamp),
  ]);
  const contactJson =
    contact === undefined ? stored?.contact : JSON.stringify({ ...contact.payload, wa_id: waId });
  const person = {
    wa_id: waId,
    name,
    contact: contactJson ?? JSON.stringify({ profile: { name: '' }, wa_id: waId }),
    last_incoming: lastIncoming,
  };
  return {
    waId,
    userId: contact?.userId ?? (stored?.user_id || null),
    name,
    contact: person.contact,
    lastIncoming,
    lastMessage: latest(messages.map((message) => message.timestamp)),
    incoming: incoming.length,
    messages: messages.length,
    isNew: stored === undefined,
    isRenamed: stored === undefined || stored.name !== name || stored.wa_id !== waId,
    person,
  };
}

function latest(timestamps: readonly (number | null | undefined)[]): number | null {
  const known = timestamps.filter((timestamp) => typeof timestamp === 'number');
  return known.length === 0 ? null : Math.max(...known);
}
