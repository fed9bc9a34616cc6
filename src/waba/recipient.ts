import type { JsonRecord } from './json-record.ts';

/** A phone number with its country code; E.164 allows 15 digits. */
const PHONE = /^\d{5,15}$/;

/** A business-scoped user id: a country, perhaps a portfolio, and letters or digits (360dialog's BSUID page). */
const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

/**
 * The chat key that a caller's `wa_id` means: a phone number in digits (a leading `+` and spaces are
 * let pass) or a business-scoped user id. Undefined for anything else.
 */
export function parseRecipient(waId: string): string | undefined {
  const text = waId.trim();
  if (USER_ID.test(text)) return text;
  const digits = text.replace(/^\+/, '').replaceAll(' ', '');
  return PHONE.test(digits) ? digits : undefined;
}

/** Whether a chat key is a business-scoped user id. */
export function isUserId(chat: string): boolean {
  return USER_ID.test(chat);
}

/** How a body of POST /messages names the customer of a chat. */
export function addressOf(chat: string): JsonRecord {
  return isUserId(chat) ? { recipient: chat } : { to: chat };
}
