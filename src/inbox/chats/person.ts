import { readJson } from '../../store/json-column.ts';
import type { chats } from '../../store/schema.ts';
import { windowEndsAt } from './messaging-window.ts';

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
