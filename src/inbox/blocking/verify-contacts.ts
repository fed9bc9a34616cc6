/** A number as On-Prem's `/v1/contacts` answered (spec: verifyContacts). */
export interface VerifiedContact {
  input: string;
  status: 'valid' | 'invalid';
  /** The number in digits, of a valid one. */
  wa_id?: string;
}

/**
 * Says of numbers whether they can be ones. WhatsApp does not tell any more who is there: its last API
 * that was asked for it answered `valid` to all, and the Cloud API has no such call.
 */
export function verifyContacts(inputs: readonly string[]): VerifiedContact[] {
  return inputs.map((input) => {
    const digits = input.replaceAll(/[\s().+-]/g, '');
    return /^\d{5,15}$/.test(digits)
      ? { input, status: 'valid', wa_id: digits }
      : { input, status: 'invalid' };
  });
}
