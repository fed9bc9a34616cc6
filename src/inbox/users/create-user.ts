import { sql } from 'drizzle-orm';
import { sha256Hex } from '../../auth/digest.ts';
import { FULL_RIGHTS, insertUser, type NewUser } from '../../auth/insert-user.ts';
import type { Role, Scope, User } from '../../auth/user.ts';
import { checkUsername } from '../../auth/username.ts';
import { invalidField } from '../../error.ts';
import { isUniqueViolation } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { newActivationCode } from './activation-code.ts';
import { assertAdmin } from './admin-only.ts';
import { retrieveUser } from './users.ts';

/** What an admin says of a new user; what is left out is empty, `user` or unlimited. */
export interface UserDraft {
  username: string;
  firstName?: string | undefined;
  lastName?: string | undefined;
  email?: string | undefined;
  role?: Role | undefined;
  canUseTags?: boolean | undefined;
  canReadChats?: Scope | undefined;
  canWriteToChats?: Scope | undefined;
}

/** How often a lost race for the next id is run again; admins do not make users by the second. */
const MAX_RACES = 5;

/**
 * Makes a user who can sign in once the activation code is used. The code is returned here and never
 * again: only its hash is stored. Throws `forbidden` where `actor` is no admin, and `invalid` where
 * the username may not be used or is taken.
 */
export async function createUser(
  ctx: StackContext,
  actor: User,
  draft: UserDraft,
): Promise<{ user: User; activationCode: string }> {
  assertAdmin(actor);
  const activationCode = newActivationCode();
  const id = await insertWithNextId(ctx, {
    username: checkUsername(draft.username),
    firstName: draft.firstName ?? '',
    lastName: draft.lastName ?? '',
    email: draft.email ?? '',
    role: draft.role ?? 'user',
    isActive: false,
    canUseTags: draft.canUseTags ?? FULL_RIGHTS.canUseTags,
    canReadChats: draft.canReadChats ?? FULL_RIGHTS.canReadChats,
    canWriteToChats: draft.canWriteToChats ?? FULL_RIGHTS.canWriteToChats,
    passwordHash: null,
    activationHash: sha256Hex(activationCode),
  });
  return { user: await retrieveUser(ctx.db, id), activationCode };
}

async function insertWithNextId(ctx: StackContext, user: NewUser): Promise<number> {
  for (let race = 1; ; race += 1) {
    const seen = await ctx.db.first<{ last: number | null; taken: number }>(sql`
      select (select max(id) from users) as last,
        exists (select 1 from users where username = ${user.username}) as taken`);
    if (seen?.taken === 1) {
      throw invalidField('username', 'A user with that username already exists.');
    }
    const id = (seen?.last ?? 0) + 1;
    try {
      await ctx.db.batch(insertUser(ctx.config, id, user));
      return id;
    } catch (error) {
      // Another user was made meanwhile, with this id or this name: look again.
      if (!isUniqueViolation(error) || race === MAX_RACES) throw error;
    }
  }
}
