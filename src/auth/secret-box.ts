import type { StackConfig } from '../config.ts';
import { derivedKeys } from './derived-key.ts';

/** How the sealed text is made; another way will have another prefix, so that both can be opened. */
const VERSION = 'v1.';

/** The length that AES-GCM is defined for (NIST SP 800-38D). */
const IV_BYTES = 12;

/**
 * Encrypts a text for the stack's database (AES-256-GCM); opens only with the same SECRET_KEY (or as
 * OLD_SECRET_KEY) and stack. Returns printable text; the same plain text is sealed differently each time.
 */
export async function seal(config: StackConfig, plain: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const [bytes] = derivedKeys(config, 'at-rest');
  const key = await encryptionKey(bytes);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv },
    key,
    new TextEncoder().encode(plain),
  );
  return VERSION + Buffer.concat([iv, new Uint8Array(sealed)]).toString('base64url');
}

/** Decrypts what `seal` returned. Throws an Error where it was changed, cut or sealed with a key that is not known. */
export async function open(config: StackConfig, sealed: string): Promise<string> {
  return (await openWithAny(config, sealed)).plain;
}

/**
 * Seals with SECRET_KEY what OLD_SECRET_KEY sealed. Undefined for what is sealed with SECRET_KEY already, and for
 * what neither opens.
 */
export async function reseal(config: StackConfig, sealed: string): Promise<string | undefined> {
  const opened = await openWithAny(config, sealed).catch(() => undefined);
  return opened === undefined || opened.isCurrent ? undefined : seal(config, opened.plain);
}

/** AES-GCM tells by itself whether a key is the right one. */
async function openWithAny(
  config: StackConfig,
  sealed: string,
): Promise<{ plain: string; isCurrent: boolean }> {
  if (!sealed.startsWith(VERSION)) throw new Error('Not a sealed text of a known version.');
  const bytes = Uint8Array.from(Buffer.from(sealed.slice(VERSION.length), 'base64url'));
  const [current, ...older] = derivedKeys(config, 'at-rest');
  try {
    return { plain: await decrypt(current, bytes), isCurrent: true };
  } catch (error) {
    const [old] = older;
    if (old === undefined) throw error;
    return { plain: await decrypt(old, bytes), isCurrent: false };
  }
}

async function decrypt(
  key: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: bytes.subarray(0, IV_BYTES) },
    await encryptionKey(key),
    bytes.subarray(IV_BYTES),
  );
  return new TextDecoder().decode(plain);
}

async function encryptionKey(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const usages = ['encrypt', 'decrypt'] as const;
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, [...usages]);
}
