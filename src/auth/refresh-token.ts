import { createHmac } from 'node:crypto';
import { and, eq, ne } from 'drizzle-orm';
import type { StackContext } from '../store/open-stack.ts';
import { query } from '../store/query.ts';
import { users } from '../store/schema.ts';
import { equalInConstantTime } from './constant-time.ts';
import { derivedKey, derivedKeys } from './derived-key.ts';
import { newNonce } from './token.ts';
import { guarded } from './login-guard.ts';

/** The user's id, which finds the row, and 160 bits that nobody guesses. */
const FORM = /^(\d{1,15})-[0-9a-f]{40}$/;

const SECRET_HEX_DIGITS = 40;

type Row = Pick<typeof users.$inferSelect, 'id' | 'token_nonce' | 'refresh_nonce'>;

/** What is asked of `convertRefreshToken`. */
export interface Conversion {
  refreshToken: string;
  /** The token may be used again. */
  keep: boolean;
  /** Where it comes from; failures are counted by it. */
  address: string | undefined;
}

/**
 * Returns the refresh token a user has now, or undefined for one who may have none: an inactive user
 * or an app. It is derived, not stored, and another one after each use and with each reset of the token.
 */
export async function currentRefreshToken(
  { config, db }: StackContext,
  userId: number,
): Promise<string | undefined> {
  const row = await db.first(selectHolder(userId));
  return row && refreshTokenOf(derivedKey(config, 'refresh-token'), row);
}

/**
 * Returns the id of the user whose refresh token this is, and uses it up unless it is to be kept.
 * Undefined for a token that is unknown, used, or of a user who may have none. Throws `throttled`.
 */
export async function convertRefreshToken(
  ctx: StackContext,
  { refreshToken, keep, address }: Conversion,
): Promise<number | undefined> {
  return guarded(ctx, { address }, () => convert(ctx, refreshToken, keep));
}

async function convert(
  { config, db }: StackContext,
  refreshToken: string,
  keep: boolean,
): Promise<number | undefined> {
  const id = Number(FORM.exec(refreshToken)?.[1] ?? -1);
  const row = await db.first(selectHolder(id));
  if (row === undefined) return undefined;
  const isTheirs = derivedKeys(config, 'refresh-token').some((key) =>
    equalInConstantTime(refreshToken, refreshTokenOf(key, row)),
  );
  if (!isTheirs) return undefined;
  if (keep) return row.id;
  // Of two that use it at once one finds the nonce.
  const isUnused = and(
    eq(users.id, row.id),
    eq(users.refresh_nonce, row.refresh_nonce),
    eq(users.token_nonce, row.token_nonce),
    eq(users.is_active, 1),
  );
  const used = await db.run(query.update(users).set({ refresh_nonce: newNonce() }).where(isUnused));
  return used === 1 ? row.id : undefined;
}

/** Selects a user who may have a refresh token. */
function selectHolder(id: number) {
  return query
    .select({ id: users.id, token_nonce: users.token_nonce, refresh_nonce: users.refresh_nonce })
    .from(users)
    .where(and(eq(users.id, id), eq(users.is_active, 1), ne(users.role, 'app')));
}

function refreshTokenOf(key: Uint8Array, { id, token_nonce, refresh_nonce }: Row): string {
  const mac = createHmac('sha256', key)
    .update(`${id}:${token_nonce}:${refresh_nonce}`)
    .digest('hex');
  return `${id}-${mac.slice(0, SECRET_HEX_DIGITS)}`;
}
