import { parseRecipient } from '../../waba/recipient.ts';

/** A number as On-Prem's `/v1/contacts` answered (spec: verifyContacts). */
export interface VerifiedContact {
  input: string;
  status: 'valid' | 'invalid';
  /** The number in digits, or the user id; of a valid one. */
  wa_id?: string;
}

/**
 * Says of numbers and user ids whether they can be ones. WhatsApp does not tell any more who is there: its last API
 * that was asked for it answered `valid` to all, and the Cloud API has no such call.
 */
export function verifyContacts(inputs: readonly string[]): VerifiedContact[] {
  return inputs.map((input) => {
    const waId = parseRecipient(input);
    return waId === undefined
      ? { input, status: 'invalid' }
      : { input, status: 'valid', wa_id: waId };
  });
}
