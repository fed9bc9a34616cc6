import { sql } from 'drizzle-orm';
import type { StackContext } from '../store/open-stack.ts';
import { ensureFirstAdmin } from './first-admin.ts';
import { verifyPassword } from './password.ts';
import { currentToken } from './token.ts';
import { normalizeUsername } from './username.ts';

interface Credentials {
  username: string;
  password: string;
}

/**
 * Returns the API token of the active user with these credentials, or undefined. An unknown name, a
 * wrong password and an inactive user take equally long and answer the same.
 */
export async function logIn(
  ctx: StackContext,
  { username, password }: Credentials,
): Promise<string | undefined> {
  await ensureFirstAdmin(ctx);
  const user = await ctx.db.first<{ id: number; password_hash: string | null }>(sql`
    select id, password_hash from users
    where username = ${normalizeUsername(username)} and is_active = 1`);
  const isRight = await verifyPassword(password, user?.password_hash ?? null);
  if (!isRight || user === undefined) return undefined;
  return currentToken(ctx, user.id);
}
