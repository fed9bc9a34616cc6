import { sha256Hex } from '../../auth/digest.ts';
import { FULL_RIGHTS, insertUser, type NewUser } from '../../auth/insert-user.ts';
import { currentToken } from '../../auth/token.ts';
import type { Role, Scope, User } from '../../auth/user.ts';
import { checkUsername } from '../../auth/username.ts';
import { invalidField } from '../../error.ts';
import { isUniqueViolation } from '../../store/database.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { assertAdmin } from '../permissions.ts';
import { newActivationCode } from './activate-user.ts';
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
  const id = await insertNext(ctx, {
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

/** The token is derived from the id, which the statement chooses: it is stored afterwards. */
async function insertNext(ctx: StackContext, user: NewUser): Promise<number> {
  try {
    const [made = []] = await ctx.db.batch<{ id: number }[][]>(
      insertUser(ctx.config, 'next', user),
    );
    const [{ id } = { id: 0 }] = made;
    await currentToken(ctx, id);
    return id;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw invalidField('username', 'A user with that username already exists.');
  }
}
