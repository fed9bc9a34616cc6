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

type Key = Uint8Array<ArrayBuffer>;

const derived = new WeakMap<StackConfig, Map<KeyPurpose, [Key, ...Key[]]>>();

/**
 * Returns the 32-byte key of a stack for one purpose: HKDF-SHA256 (RFC 5869) of its SECRET_KEY, with
 * the stack and the purpose in `info`, so that stacks which share a SECRET_KEY share no key.
 */
export function derivedKey(config: StackConfig, purpose: KeyPurpose): Key {
  return derivedKeys(config, purpose)[0];
}

/**
 * The same, and behind it the key of OLD_SECRET_KEY where there is one: for what was sealed or signed before
 * SECRET_KEY was changed.
 */
export function derivedKeys(config: StackConfig, purpose: KeyPurpose): readonly [Key, ...Key[]] {
  const keys = derived.get(config) ?? new Map<KeyPurpose, [Key, ...Key[]]>();
  derived.set(config, keys);
  const known = keys.get(purpose);
  if (known !== undefined) return known;
  const info = `waypost:${config.name}:${purpose}`;
  const derive = (secret: string): Key =>
    new Uint8Array(hkdfSync('sha256', secret, '', info, KEY_BYTES));
  const { secretKey, oldSecretKey } = config;
  const older = oldSecretKey === undefined || oldSecretKey === secretKey ? [] : [oldSecretKey];
  const made: [Key, ...Key[]] = [derive(secretKey), ...older.map(derive)];
  keys.set(purpose, made);
  return made;
}
