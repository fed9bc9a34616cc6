import type { JsonRecord } from './json-record.ts';

/** A phone number with its country code, of which none begins with 0; E.164 allows 15 digits. */
const PHONE = /^[1-9]\d{4,14}$/;

/** A business-scoped user id: a country, perhaps a portfolio, and letters or digits (360dialog's BSUID page). */
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

/** What people and phones write between the digits of a number: blanks, hyphens, dots, brackets. */
const BETWEEN_DIGITS = /[\s.()[\]\p{Pd}\p{Bidi_Control}\u200b\u2060\u2212]/gu;

/** The 0 that is dialled at home only, in "+49 (0) 151 …": with the country code it makes another number. */
const NATIONAL_ZERO = /\(\s*0+\s*\)/;

/** For who has entered a number as it is dialled at home, or with 00 for the plus sign. */
export const NO_LEADING_ZERO =
  'No country code begins with 0: enter the number with its country code and without a leading 0 or 00.';

/**
 * The chat key that a caller's `wa_id` means: a phone number, of which the digits are left, or a
 * business-scoped user id. Undefined for anything else. Everywhere a number is taken it is read by this.
 */
export function parseRecipient(waId: string): string | undefined {
  const text = waId.trim();
  if (USER_ID.test(text)) return text;
  const digits = bareNumber(text);
  return PHONE.test(digits) && !NATIONAL_ZERO.test(text) ? digits : undefined;
}

/** A number, or the beginning of one, without a plus sign before it and what is written between its digits. */
export function bareNumber(text: string): string {
  return text.replace(BETWEEN_DIGITS, '').replace(/^\+/, '');
}

/** Whether a text that is no recipient would be one but for a 0 that belongs to no country code. */
export function hasNationalZero(waId: string): boolean {
  return /^\d+$/.test(bareNumber(waId)) && (/^\D*0/.test(waId) || NATIONAL_ZERO.test(waId));
}

/** Whether a chat key is a phone number. */
export function isPhone(chat: string): boolean {
  return PHONE.test(chat);
}

/** Whether a chat key is a business-scoped user id. */
export function isUserId(chat: string): boolean {
  return USER_ID.test(chat);
}

/** How a body of POST /messages names the customer of a chat. */
export function addressOf(chat: string): JsonRecord {
  return isUserId(chat) ? { recipient: chat } : { to: chat };
}
