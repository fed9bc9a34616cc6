import { currentRefreshToken } from '../../auth/refresh-token.ts';
import type { User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { assertAdmin } from '../permissions.ts';
import { retrieveUser } from './users.ts';

/**
 * Returns the refresh token of a user: an admin may have anybody's, others only their own (spec:
 * retrieveRefreshToken). Throws `forbidden`, also for a user who may have none, and `not_found`.
 */
export async function handOutRefreshToken(
  ctx: StackContext,
  actor: User,
  userId: number,
): Promise<string> {
  if (userId !== actor.id) assertAdmin(actor);
  const user = await retrieveUser(ctx.db, userId);
  const token = await currentRefreshToken(ctx, user.id);
  if (token !== undefined) return token;
  throw new WaypostError('forbidden', 'Inactive users and apps have no refresh token.');
}
