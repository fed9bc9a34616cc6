import { and, eq, sql } from 'drizzle-orm';
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
  /** Whether the name may be an e-mail address of exactly one active user, where it is nobody's username. */
  byEmail?: boolean;
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
  { username: raw, byEmail = false, password, address }: Credentials,
): Promise<number | undefined> {
  assertHashable('password', password);
  await ensureFirstAdmin(ctx);
  const name = normalizeUsername(raw);
  const username = byEmail ? await usernameOf(ctx, name) : name;
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

/**
 * The username that somebody signs in by: it, or the e-mail address of one active user, whose guesses so count as
 * those at the username do. An address that two share is nobody's: the password alone would say which of them.
 */
async function usernameOf({ db }: StackContext, name: string): Promise<string> {
  if (!name.includes('@')) return name;
  const isTheirs = sql`${users.email} = ${name} collate nocase`;
  const column = { username: users.username };
  const [own, named] = await db.batch<[{ username: string }[], { username: string }[]]>([
    query.select(column).from(users).where(eq(users.username, name)),
    query
      .select(column)
      .from(users)
      .where(and(isTheirs, eq(users.is_active, 1)))
      .limit(2),
  ]);
  const [user, other] = named;
  return own.length === 0 && user !== undefined && other === undefined ? user.username : name;
}
