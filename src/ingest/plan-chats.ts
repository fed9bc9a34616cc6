import { bareContact, type ChatUpsert, type SavedName } from '../inbox/chats/chat-rows.ts';
import { earliest, latest } from '../inbox/chats/merge-chats.ts';
import { type ChatRow, type PersonSource, windowEndsAt } from '../inbox/chats/person.ts';
import type { ChatReferral } from '../inbox/chats/record-referrals.ts';
import type { InboundBody } from '../waba/envelope.ts';
import type { InboundContact } from '../waba/items.ts';
import { isRecord } from '../waba/json-record.ts';
import { readReferral } from '../waba/referral.ts';
import type { CustomerBook } from './customer-book.ts';
import type { MessageWrite } from './plan-messages.ts';

/** A chat to be made or brought up to date, and what else is decided of it. */
export interface ChatWrite extends ChatUpsert {
  /** What the customer's new messages say of the ad or post they came from. */
  referral: ChatReferral | undefined;
  /** Whether it was resolved until the customer wrote. */
  isReopened: boolean;
  /** Whether one of the customer's messages found the window closed in which they can be sent anything. */
  opensWindow: boolean;
  /** The customer as they are after this body. */
  person: PersonSource;
}

/** WhatsApp's profile names have 25 characters; a search index of endless ones would cost rows. */
const MAX_NAME_CHARACTERS = 1_000;

/**
 * Real contacts have some two hundred. A longer one is kept without what we do not know, which the
 * event's body still has; a shorter one is never nested deeper than the thousand levels that SQLite reads.
 */
const MAX_CONTACT_CHARACTERS = 1_500;

/**
 * The chats that a body changes: those with new messages, and known ones whose customer's name or
 * user id is another now. A contact alone makes no chat.
 */
export function planChats(
  contacts: readonly InboundContact[],
  messages: readonly MessageWrite[],
  book: CustomerBook,
): ChatWrite[] {
  const contactOf = new Map<string, InboundContact>();
  for (const contact of contacts) {
    const key = book.keyOf(contact.alias ?? contact);
    if (key !== undefined) contactOf.set(key, contact);
  }
  const { userIds } = book;
  const messagesOf = Map.groupBy(messages, (message) => message.chat);
  const keys = new Set([...messagesOf.keys(), ...contactOf.keys(), ...userIds.keys()]);
  return [...keys].flatMap((key) => {
    const own = messagesOf.get(key) ?? [];
    const write = writeOf(key, contactOf.get(key), own, book, userIds);
    const isChanged = book.chat(key) !== undefined && (write.isRenamed || write.userId !== null);
    return own.length > 0 || isChanged ? [write] : [];
  });
}

function writeOf(
  waId: string,
  contact: InboundContact | undefined,
  messages: readonly MessageWrite[],
  book: CustomerBook,
  userIds: ReadonlyMap<string, string>,
): ChatWrite {
  const stored = book.chat(waId);
  const incoming = messages.filter((message) => message.fromUs === 0);
  const savedName = stored?.saved_name ?? '';
  const name = savedName || nameOf(contact) || (stored?.name ?? '');
  // An edit is nothing new, nor is what was written before we were there.
  const received = incoming.filter((message) => message.rank !== 0);
  const userId = userIds.get(waId) ?? null;
  const lastIncoming = latest([
    stored?.last_incoming,
    ...incoming.filter(({ isWritten }) => isWritten).map((message) => message.timestamp),
  ]);
  const referral = referralOf(incoming);
  const known = stored?.contact ?? bareContact(waId);
  const person = {
    wa_id: waId,
    name,
    contact: contact === undefined ? known : contactJson(contact, waId, savedName),
    last_incoming: lastIncoming,
    last_referral: latest([stored?.last_referral, referral?.at]),
    // The customer's new message opens the chat again.
    resolved: received.length > 0 ? 0 : (stored?.resolved ?? 0),
  };
  return {
    waId,
    userId: userId === stored?.user_id ? null : userId,
    name,
    contact: person.contact,
    // Otherwise name and contact are only for a new chat.
    naming: contact === undefined ? 'kept' : 'told',
    lastIncoming,
    lastMessage: latest(messages.map((message) => message.timestamp)),
    firstMessage: earliest(messages.map((message) => message.timestamp)),
    kind: messages.some((message) => message.isOfGroup) ? 'group' : (stored?.kind ?? null),
    referral,
    incoming: received.length,
    messages: messages.length,
    isRenamed: stored?.name !== name,
    isReopened: stored?.resolved === 1 && received.length > 0,
    opensWindow: opensWindow(stored, received),
    person,
  };
}

/** In a group no member's message opens one. */
function opensWindow(stored: ChatRow | undefined, received: readonly MessageWrite[]): boolean {
  const first = earliest(
    received.filter(({ isOfGroup }) => !isOfGroup).map(({ timestamp }) => timestamp),
  );
  const end = stored === undefined ? null : windowEndsAt(stored);
  return first !== null && (end === null || first >= end);
}

function referralOf(incoming: readonly MessageWrite[]): ChatReferral | undefined {
  let told: ChatReferral | undefined;
  for (const { raw, timestamp } of incoming.toSorted((a, b) => a.timestamp - b.timestamp)) {
    const values = readReferral(raw);
    if (values !== undefined) told = { at: timestamp, values: { ...told?.values, ...values } };
  }
  return told;
}

/** Cut and then made well-formed, because the cut may go through a character. */
function nameOf(contact: InboundContact | undefined): string {
  return (contact?.name ?? '').slice(0, MAX_NAME_CHARACTERS).toWellFormed();
}

/** With the name that the business saved, where it did: all of the inbox shows that one. */
function contactJson(contact: InboundContact, waId: string, savedName: string): string {
  const { profile } = contact.payload;
  const named =
    savedName === '' ? {} : { profile: { ...(isRecord(profile) ? profile : {}), name: savedName } };
  const json = JSON.stringify({ ...contact.payload, ...named, wa_id: waId });
  if (json.length <= MAX_CONTACT_CHARACTERS) return json;
  const userId = contact.userId === undefined ? {} : { user_id: contact.userId };
  const name = savedName || nameOf(contact);
  return JSON.stringify({ profile: { name }, wa_id: waId, ...userId });
}

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
