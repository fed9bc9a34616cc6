import { hkdfSync } from 'node:crypto';
import type { StackConfig } from '../config.ts';

/** What a key is for. A key of one purpose says nothing about the key of another. */
export type KeyPurpose =
  | 'api-token'
  | 'at-rest'
  | 'dialect-credential'
  | 'login-count'
  | 'refresh-token'
  | 'session'
  | 'signed-url';

const KEY_BYTES = 32;

const derived = new WeakMap<StackConfig, Map<KeyPurpose, Uint8Array<ArrayBuffer>>>();

/**
 * Returns the 32-byte key of a stack for one purpose: HKDF-SHA256 (RFC 5869) of its SECRET_KEY, with
 * the stack and the purpose in `info`, so that stacks which share a SECRET_KEY share no key.
 */
export function derivedKey(config: StackConfig, purpose: KeyPurpose): Uint8Array<ArrayBuffer> {
  const keys = derived.get(config) ?? new Map<KeyPurpose, Uint8Array<ArrayBuffer>>();
  derived.set(config, keys);
  const known = keys.get(purpose);
  if (known !== undefined) return known;
  const info = `waypost:${config.name}:${purpose}`;
  const key = new Uint8Array(hkdfSync('sha256', config.secretKey, '', info, KEY_BYTES));
  keys.set(purpose, key);
  return key;
}
