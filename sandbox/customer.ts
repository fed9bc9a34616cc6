import { Problem } from './answer.ts';

/** A phone number in digits with its country code. */
export const PHONE_NUMBER = /^\d{5,15}$/;

/** A business-scoped user id: country, a dot (`ENT.` for linked portfolios), up to 128 characters. */
export const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

/** How a customer is named: by phone number, by business-scoped user id, or by both. */
export type Customer = { waId?: string; userId?: string };

/** The customer a path names, percent-encoded. Throws Problem 400 when it can be neither. */
export function customerOf(encoded: string): Customer {
  const name = decoded(encoded);
  if (PHONE_NUMBER.test(name)) return { waId: name };
  if (USER_ID.test(name)) return { userId: name };
  throw new Problem(400, 'A customer is a phone number in digits or a user id like US.123');
}

/** The one string a customer is filed under. */
export function customerKey(customer: Customer): string {
  return customer.waId ?? customer.userId ?? '';
}

/** The name a customer shows when none was given. */
export function defaultName(customer: Customer): string {
  return `Customer ${customerKey(customer).slice(-4)}`;
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Problem(400, 'The path is not valid percent-encoding');
  }
}
