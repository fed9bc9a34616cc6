import { randomBytes } from 'node:crypto';

/** Nobody guesses one of 2^256 codes, so a code needs no rate limit and no expiry. */
const CODE_BYTES = 32;

/** Returns a fresh activation code; only its SHA-256 is ever stored. */
export function newActivationCode(): string {
  return randomBytes(CODE_BYTES).toString('base64url');
}

/** The address that uses a code up, below the inbox's own (`https://host`). */
export function activationUrl(baseUrl: string, code: string): string {
  return `${baseUrl}/activate/${code}/`;
}
