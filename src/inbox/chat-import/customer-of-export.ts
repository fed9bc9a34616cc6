import { invalidField, type WaypostError } from '../../error.ts';
import { parseRecipient } from '../../waba/recipient.ts';
import { cleanName } from './parse-export.ts';

/** Someone in an exported chat, as the caller names them. */
export interface Participant {
  /** As it stands in the export; empty where it is not said. */
  name: string;
  /** A chat key. */
  waId: string;
}

/** Whose chat it is. */
export interface ExportCustomer {
  waId: string;
  /** Who wrote the customer's messages; undefined where the customer wrote none. */
  author: string | undefined;
  /** Empty where only the number is known. */
  name: string;
}

const FIELD = 'chat_participants';

/**
 * Decides which of the authors is the customer: the participant who is not us, else the author whom the
 * phone shows by number. `ownNumber` is that of this inbox in digits, where it is known. Throws
 * `invalid` for a group, and where it cannot be told who is who.
 */
export function customerOfExport(
  authors: readonly string[],
  participants: readonly Participant[],
  ownNumber: string | undefined,
): ExportCustomer {
  if (authors.length > 2) {
    throw invalidField('chat_text', 'Only a chat with one customer can be imported, not a group.');
  }
  const numberOf = numbersBy(participants);
  const others = participants.filter(({ waId }) => waId !== ownNumber);
  if (participants.length > 0) return named(authors, others, numberOf, ownNumber);
  const customers = authors.filter((author) => {
    const number = numberOf(author);
    return number !== undefined && number !== ownNumber;
  });
  const [author, another] = customers;
  const waId = author === undefined ? undefined : numberOf(author);
  if (author === undefined || waId === undefined) {
    throw problem('This field is required: the chat does not show the number of the customer.');
  }
  if (another !== undefined) throw cannotTell();
  return { waId, author, name: '' };
}

function named(
  authors: readonly string[],
  customers: readonly Participant[],
  numberOf: (author: string) => string | undefined,
  ownNumber: string | undefined,
): ExportCustomer {
  const [customer, another] = customers;
  if (customer === undefined) throw problem('The number of the customer is missing.');
  if (another !== undefined) throw cannotTell();
  const { waId } = customer;
  const strangers = authors.filter((one) => numberOf(one) !== ownNumber || ownNumber === undefined);
  const author = authors.find((one) => numberOf(one) === waId) ?? onlyOther(authors, strangers);
  if (author === undefined && authors.length > 1) {
    throw problem('The chat has messages of nobody with this name or number.');
  }
  const shown = author ?? customer.name;
  return { waId, author, name: parseRecipient(shown) === undefined ? cleanName(shown) : '' };
}

/** Where one of two is us for sure, the other one is the customer, whatever their name. */
function onlyOther(authors: readonly string[], strangers: readonly string[]): string | undefined {
  return authors.length === 2 && strangers.length === 1 ? strangers[0] : undefined;
}

/** Returns who an author is, by their name or since the phone shows their number. */
function numbersBy(participants: readonly Participant[]): (author: string) => string | undefined {
  const byName = new Map(participants.map(({ name, waId }) => [keyOf(name), waId]));
  return (author) => byName.get(keyOf(author)) ?? numberIn(author);
}

function keyOf(name: string): string {
  return cleanName(name).toLowerCase();
}

/** Returns the digits of a number as people and phones write it, or undefined. */
export function numberIn(text: string): string | undefined {
  // A slash stands in numbers of some countries' phones, and in a `wa_id` of ours never.
  return parseRecipient(text.replaceAll('/', ''));
}

function cannotTell(): WaypostError {
  return problem('It cannot be told who of the two is the customer: name the customer only.');
}

function problem(sentence: string): WaypostError {
  return invalidField(FIELD, sentence);
}
