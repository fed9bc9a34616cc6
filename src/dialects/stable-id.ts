import { createHash } from 'node:crypto';

/** The namespace of the ids that we derive (RFC 9562, UUIDv5): made once, and never another. */
const NAMESPACE = '6f1d3a52-0c7e-4b8e-9d55-3f6b1d2c7a10';

/** What an id is of; a kind once named is never named otherwise. */
export type IdKind =
  | 'organization'
  | 'channel'
  | 'webhook'
  | 'template'
  | 'contact'
  | 'room'
  | 'participant'
  | 'user'
  | 'contact_list'
  | 'conversation';

/**
 * Returns the id by which clients that want a UUID know something of a stack: a UUIDv5, the same for ever for the
 * same `stack`, `kind` and `key`. It costs no row, and cannot be turned back.
 */
export function stableId(stack: string, kind: IdKind, key: string | number = ''): string {
  const namespace = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex');
  const hash = createHash('sha1').update(namespace).update(`${stack}:${kind}:${key}`).digest();
  const bytes = hash.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  const ends = [8, 12, 16, 20, 32];
  return ends.map((end, index) => hex.slice(ends[index - 1] ?? 0, end)).join('-');
}
