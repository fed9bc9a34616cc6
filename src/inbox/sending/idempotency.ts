import { sql, type SQL } from 'drizzle-orm';
import { invalidField, WaypostError } from '../../error.ts';

/** How long a key is remembered. */
export const KEY_LIFE_MS = 24 * 60 * 60 * 1000;

/** Visible ASCII, as header values have it. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** A caller's name for one request: the same key means the same message. */
export interface RequestKey {
  userId: number;
  key: string;
  /** SHA-256 of what the message is made of. */
  bodyHash: string;
}

export interface KnownKey {
  body_hash: string;
  message_id: string;
}

/** Returns the key in an `Idempotency-Key` header, or undefined. Throws `invalid` for one that is none. */
export function readKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (KEY.test(header)) return header;
  throw invalidField('Idempotency-Key', 'Use 1 to 255 visible ASCII characters.');
}

/** Finds what a key stands for; nothing once it is a day old. */
export function selectKey({ userId, key }: RequestKey, now: number): SQL {
  return sql`select body_hash, message_id from idempotency_keys
    where user_id = ${userId} and key = ${key} and created_at > ${now - KEY_LIFE_MS}`;
}

/** Writes a key down in the transaction of its message. A unique violation: it is taken meanwhile. */
export function insertKey(
  { userId, key, bodyHash }: RequestKey,
  messageId: string,
  now: number,
): SQL[] {
  return [
    sql`delete from idempotency_keys
        where user_id = ${userId} and key = ${key} and created_at <= ${now - KEY_LIFE_MS}`,
    sql`insert into idempotency_keys (user_id, key, body_hash, message_id, created_at)
        values (${userId}, ${key}, ${bodyHash}, ${messageId}, ${now})`,
  ];
}

/** The message that a known key stands for. Throws `conflict` where it was another body's. */
export function messageOfKey(known: KnownKey, request: RequestKey): string {
  if (known.body_hash === request.bodyHash) return known.message_id;
  throw new WaypostError('conflict', 'This Idempotency-Key was used with another body.');
}
