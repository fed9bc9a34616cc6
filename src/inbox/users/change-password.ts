import { eq } from 'drizzle-orm';
import { assertHashable, checkPassword } from '../../auth/check-password.ts';
import { inTurn } from '../../auth/hash-turns.ts';
import { guarded } from '../../auth/login-guard.ts';
import { hashPassword, verifyPassword } from '../../auth/password.ts';
import { freshToken } from '../../auth/token.ts';
import type { User } from '../../auth/user.ts';
import { invalidField } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { query } from '../../store/query.ts';
import { users } from '../../store/schema.ts';
import { assertAdmin } from '../permissions.ts';
import { retrieveUser } from './users.ts';

/**
 * Sets the password of a user, as an admin. Somebody else's token is reset with it: whoever knew the
 * password before may have the token. Returns whether it was; ring for their sockets then. Throws
 * `forbidden`, `not_found`, `invalid` for a password that may not be chosen, and `throttled`.
 */
export async function changeUserPassword(
  ctx: StackContext,
  actor: User,
  userId: number,
  password: string,
): Promise<{ tokenReset: boolean }> {
  assertAdmin(actor);
  const user = await retrieveUser(ctx.db, userId);
  checkPassword('password', password);
  const hash = await inTurn(() => hashPassword(password));
  const set = setPassword(user.id, hash);
  const tokenReset = user.id !== actor.id;
  const resets = tokenReset ? [freshToken(ctx.config, user.id).store] : [];
  await ctx.db.batch([set, ...resets]);
  return { tokenReset };
}

/**
 * Sets a user's own password; the token stays, sessions end. Throws `invalid` where the current one is
 * wrong (always, for a user who has none), or the new one may not be chosen, and `throttled`.
 */
export async function changeMyPassword(
  stack: StackContext,
  user: User,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
): Promise<void> {
  assertHashable('current_password', currentPassword);
  checkPassword('new_password', newPassword);
  const { db } = stack;
  const row = await db.first(
    query.select({ password_hash: users.password_hash }).from(users).where(eq(users.id, user.id)),
  );
  // Who has found a token, or a browser left open, must not find the password with it.
  const attempt = async (): Promise<true | undefined> =>
    (await verifyPassword(currentPassword, row?.password_hash ?? null)) || undefined;
  const hash = await inTurn(async () => {
    const isRight = await guarded(stack, { currentPasswordOf: user.id }, attempt);
    if (isRight !== true) throw invalidField('current_password', 'Wrong password.');
    return hashPassword(newPassword);
  });
  await db.run(setPassword(user.id, hash));
}

function setPassword(userId: number, hash: string) {
  return query.update(users).set({ password_hash: hash }).where(eq(users.id, userId));
}
