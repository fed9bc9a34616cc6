import { createHmac, randomBytes } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import type { StackConfig } from '../config.ts';
import { notFound } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import { query, renderOnce, type Statement } from '../store/query.ts';
import { users } from '../store/schema.ts';
import { derivedKey, derivedKeys } from './derived-key.ts';
import { sha256Hex } from './digest.ts';
import { toUser, type User, type UserRow, usersWhere } from './user.ts';

/** As long as the service's own tokens, so that clients which check the form are content: 160 bits. */
const TOKEN_HEX_DIGITS = 40;

const NONCE_BYTES = 16;

const activeUserOf = renderOnce<UserRow[], { hash: string }>((is) =>
  usersWhere(and(eq(users.token_hash, is.hash), eq(users.is_active, 1))),
);

/** Returns a fresh nonce; a user with a new nonce has a new token. */
export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('hex');
}

/**
 * Returns a user's API token (40 hex digits). It is derived, not stored: signing in again gives the
 * same one, and a copy of the database gives none.
 */
export function tokenOf(config: StackConfig, userId: number, nonce: string): string {
  return tokenBy(derivedKey(config, 'api-token'), userId, nonce);
}

function tokenBy(key: Uint8Array, userId: number, nonce: string): string {
  const mac = createHmac('sha256', key).update(`${userId}:${nonce}`);
  return mac.digest('hex').slice(0, TOKEN_HEX_DIGITS);
}

/** Returns what the users table holds of a token: finds its user, and cannot be turned back. */
export function hashToken(token: string): string {
  return sha256Hex(token);
}

/**
 * Returns the token a user has now. One that OLD_SECRET_KEY gave stays theirs while that is set. After a change
 * of SECRET_KEY without it the token is another one than before; its hash is then stored again, so that
 * signing in is all it takes to get a token that works.
 * Throws `not_found` where there is no such user.
 */
export async function currentToken(ctx: StackContext, userId: number): Promise<string> {
  const row = await ctx.db.first(
    query
      .select({ token_nonce: users.token_nonce, token_hash: users.token_hash })
      .from(users)
      .where(eq(users.id, userId)),
  );
  if (row === undefined) throw notFound();
  const tokens = derivedKeys(ctx.config, 'api-token').map((key) =>
    tokenBy(key, userId, row.token_nonce),
  );
  const valid = tokens.find((one) => hashToken(one) === row.token_hash);
  const token = valid ?? tokenOf(ctx.config, userId, row.token_nonce);
  const hash = hashToken(token);
  if (valid === undefined) {
    const isSame = and(eq(users.id, userId), eq(users.token_nonce, row.token_nonce));
    await ctx.db.run(query.update(users).set({ token_hash: hash }).where(isSame));
  }
  return token;
}

/** Returns another token for a user, and the statement with which the one before is worthless. */
export function freshToken(
  config: StackConfig,
  userId: number,
): { token: string; store: Statement } {
  const nonce = newNonce();
  const token = tokenOf(config, userId, nonce);
  const store = query
    .update(users)
    .set({ token_nonce: nonce, token_hash: hashToken(token) })
    .where(eq(users.id, userId));
  return { token, store };
}

/** Gives a user another token and returns it; the one before is worthless at once. */
export async function resetToken(ctx: StackContext, userId: number): Promise<string> {
  const { token, store } = freshToken(ctx.config, userId);
  await ctx.db.run(store);
  return token;
}

/** Returns the active user whose token this is, or undefined. */
export async function findUserByToken(ctx: StackContext, token: string): Promise<User | undefined> {
  const row = await ctx.db.first(activeUserOf({ hash: hashToken(token) }));
  return row && toUser(row);
}
