import { sql } from 'drizzle-orm';
import type { StackContext } from '../store/open-stack.ts';
import { ensureFirstAdmin } from './first-admin.ts';
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
 * tried too often.
 */
export async function logIn(
  ctx: StackContext,
  { username: raw, password, address }: Credentials,
): Promise<number | undefined> {
  await ensureFirstAdmin(ctx);
  const username = normalizeUsername(raw);
  return guarded(ctx, { username, address }, async () => {
    const user = await ctx.db.first<{ id: number; password_hash: string | null }>(sql`
      select id, password_hash from users where username = ${username} and is_active = 1`);
    const isRight = await verifyPassword(password, user?.password_hash ?? null);
    return isRight ? user?.id : undefined;
  });
}
