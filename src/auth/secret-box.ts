import type { StackConfig } from '../config.ts';
import { derivedKey } from './derived-key.ts';

/** How the sealed text is made; another way will have another prefix, so that both can be opened. */
const VERSION = 'v1.';

/** The length that AES-GCM is defined for (NIST SP 800-38D). */
const IV_BYTES = 12;

/**
 * Encrypts a text for the stack's database (AES-256-GCM); opens only with the same SECRET_KEY and
 * stack. Returns printable text; the same plain text is sealed differently each time.
 */
export async function seal(config: StackConfig, plain: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const key = await encryptionKey(config);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv },
    key,
    new TextEncoder().encode(plain),
  );
  return VERSION + Buffer.concat([iv, new Uint8Array(sealed)]).toString('base64url');
}

/** Decrypts what `seal` returned. Throws an Error where it was changed, cut or sealed with another key. */
export async function open(config: StackConfig, sealed: string): Promise<string> {
  if (!sealed.startsWith(VERSION)) throw new Error('Not a sealed text of a known version.');
  const bytes = Uint8Array.from(Buffer.from(sealed.slice(VERSION.length), 'base64url'));
  const key = await encryptionKey(config);
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: bytes.subarray(0, IV_BYTES) },
    key,
    bytes.subarray(IV_BYTES),
  );
  return new TextDecoder().decode(plain);
}

async function encryptionKey(config: StackConfig): Promise<CryptoKey> {
  const usages = ['encrypt', 'decrypt'] as const;
  return crypto.subtle.importKey('raw', derivedKey(config, 'at-rest'), 'AES-GCM', false, [
    ...usages,
  ]);
}
