import { and, eq } from 'drizzle-orm';
import type { StackContext } from '../store/open-stack.ts';
import { query } from '../store/query.ts';
import { users } from '../store/schema.ts';
import { assertHashable } from './check-password.ts';
import { ensureFirstAdmin } from './first-admin.ts';
import { inTurn } from './hash-turns.ts';
import { guarded } from './login-guard.ts';
import { verifyPassword } from './password.ts';
import { normalizeUsername } from './username.ts';

interface Credentials {
  username: string;
  password: string;
  /** Where they come from; failures are counted by it. */
  address: string | undefined;
}

/**
 * Returns the id of the active user with these credentials, or undefined. An unknown name, a wrong
 * password and an inactive user take equally long and answer the same. Throws `throttled` where it was
 * tried too often, or too many sign in at once, and `invalid` for a password that is too long to be one.
 */
export async function logIn(
  ctx: StackContext,
  { username: raw, password, address }: Credentials,
): Promise<number | undefined> {
  assertHashable('password', password);
  await ensureFirstAdmin(ctx);
  const username = normalizeUsername(raw);
  const attempt = async (): Promise<number | undefined> => {
    const user = await ctx.db.first(
      query
        .select({ id: users.id, password_hash: users.password_hash })
        .from(users)
        .where(and(eq(users.username, username), eq(users.is_active, 1))),
    );
    const isRight = await verifyPassword(password, user?.password_hash ?? null);
    return isRight ? user?.id : undefined;
  };
  // Counted when it is its turn: who is sent away has not guessed.
  return inTurn(() => guarded(ctx, { username, address }, attempt));
}
