import { readJson } from '../../store/database.ts';
import type { chats } from '../../store/schema.ts';

/** For how long a message of the customer's lets us write what we like (Cloud API, "Customer service windows"). */
const WINDOW_S = 24 * 60 * 60;

/** For how long one does that came from an ad or from a page's button ("Free entry points"). */
export const ENTRY_POINT_WINDOW_S = 72 * 60 * 60;

/** When a customer wrote last, and last from an ad; seconds, null for never. */
export interface LastWritten {
  last_incoming: number | null;
  last_referral: number | null;
}

export type ChatRow = typeof chats.$inferSelect;

/** A customer as the API shows one (`retrievePerson`). */
export interface Person {
  wa_id: string;
  waba_payload: unknown;
  initials: string;
  /** Seconds; of the customer's last message: the 24-hour window counts from it. */
  last_message_timestamp: number | null;
  /** Seconds; until when they can be sent more than templates. Null where they have never written. */
  messaging_window_expires_at: number | null;
  /** Whether someone said that nothing is left to do, with no message from the customer since. */
  resolved: boolean;
}

/** What a person is made of; a chat row has it all. */
export type PersonSource = Pick<
  ChatRow,
  'wa_id' | 'name' | 'contact' | 'last_incoming' | 'last_referral' | 'resolved'
>;

/** Shows a chat's customer as a person. */
export function presentPerson(source: PersonSource): Person {
  return {
    wa_id: source.wa_id,
    waba_payload: readJson(source.contact),
    initials: initialsOf(source.name),
    last_message_timestamp: source.last_incoming,
    messaging_window_expires_at: windowEndsAt(source),
    resolved: source.resolved === 1,
  };
}

/** The first letters of the first and the last word of a name, in capitals; empty without a name. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter((word) => word !== '');
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends
    .map((word) => firstCharacter(word ?? ''))
    .join('')
    .toUpperCase();
}

/** By code point, so that an emoji or a letter outside the basic plane stays whole. */
function firstCharacter(word: string): string {
  return Array.from(word)[0] ?? '';
}

/**
 * Until when (seconds) a customer can be sent more than templates. Null where nothing of theirs has
 * ever come in.
 */
export function windowEndsAt({ last_incoming, last_referral }: LastWritten): number | null {
  if (last_incoming === null) return null;
  return Math.max(last_incoming + WINDOW_S, (last_referral ?? -Infinity) + ENTRY_POINT_WINDOW_S);
}
