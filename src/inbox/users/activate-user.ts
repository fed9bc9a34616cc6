import { eq, sql } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import { sha256Hex } from '../../auth/digest.ts';
import { currentToken } from '../../auth/token.ts';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { users } from '../../store/schema.ts';
import { retrieveUser } from './users.ts';

/** Nobody guesses one of 2^256 codes, so a code needs no rate limit and no expiry. */
const CODE_BYTES = 32;

/**
 * Uses up an activation code: its user, given a password, may sign in from now on. An app, which needs
 * none, gets its token (spec: createNewUser, "Activating app Users"). Throws `not_found` for a code
 * that is unknown or used.
 */
export async function activateUser(
  ctx: StackContext,
  code: string,
): Promise<{ user: User; token: string | undefined; hasPassword: boolean }> {
  // One statement, so that of two calls at once one finds the code.
  const hasPassword = sql<number>`${users.password_hash} is not null`.as('has_password');
  const [activated] = await ctx.db.all(
    query
      .update(users)
      .set({ is_active: 1, activation_hash: null })
      .where(eq(users.activation_hash, sha256Hex(code)))
      .returning({ id: users.id, has_password: hasPassword }),
  );
  if (activated === undefined) throw notFound();
  const user = await retrieveUser(ctx.db, activated.id);
  const token = user.role === 'app' ? await currentToken(ctx, user.id) : undefined;
  return { user, token, hasPassword: activated.has_password === 1 };
}

/** Looks at an activation code without using it up. Throws `not_found` for one that is unknown or used. */
export async function assertActivationCode(ctx: StackContext, code: string): Promise<void> {
  const user = await ctx.db.first(
    query
      .select({ id: users.id })
      .from(users)
      .where(eq(users.activation_hash, sha256Hex(code))),
  );
  if (user === undefined) throw notFound();
}

/** Returns a fresh activation code; only its SHA-256 is ever stored. */
export function newActivationCode(): string {
  return randomBytes(CODE_BYTES).toString('base64url');
}

/** The address that uses a code up, below the inbox's own (`https://host`). */
export function activationUrl(baseUrl: string, code: string): string {
  return `${baseUrl}/activate/${code}/`;
}
