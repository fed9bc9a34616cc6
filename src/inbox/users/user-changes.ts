import type { Role, Scope, User } from '../../auth/user.ts';
import { WaypostError } from '../../error.ts';
import { assertAdmin } from '../permissions.ts';

/** What is to be another way with a user; what is left out stays as it is. */
export interface UserChanges {
  username?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  email?: string | undefined;
  role?: Role | undefined;
  /** Nobody is ever deleted: their messages still name them. */
  isActive?: boolean | undefined;
  /** All groups that the user is to be in. */
  groupIds?: readonly number[] | undefined;
  canUseTags?: boolean | undefined;
  canReadChats?: Scope | undefined;
  canWriteToChats?: Scope | undefined;
}

/**
 * Throws `forbidden` where someone may not change that of a user: admins may change everything of
 * everyone, others their own names and e-mail address (spec: updateUser). What they say of the rest must
 * be how it is, so that clients can send back a user as they got it.
 */
export function assertMayChange(actor: User, user: User, changes: UserChanges): void {
  if (actor.role === 'admin') return;
  if (actor.id !== user.id) assertAdmin(actor);
  const [field] = adminFields(user, changes);
  if (field === undefined) return;
  throw new WaypostError('forbidden', `Only admins may change "${field}".`);
}

/** Which fields, by their names in the API, are to be other than they are and for admins only. */
function adminFields(user: User, changes: UserChanges): string[] {
  const groups = changes.groupIds === undefined || isSameGroups(user, changes.groupIds);
  const rights =
    isSame(changes.canUseTags, user.canUseTags) &&
    isSame(changes.canReadChats, user.canReadChats) &&
    isSame(changes.canWriteToChats, user.canWriteToChats);
  return [
    isSame(changes.role, user.role) ? [] : 'profile',
    isSame(changes.isActive, user.isActive) ? [] : 'is_active',
    groups ? [] : 'group_ids',
    rights ? [] : 'permissions',
  ].flat();
}

function isSame<Value>(wanted: Value | undefined, present: Value): boolean {
  return wanted === undefined || wanted === present;
}

function isSameGroups(user: User, groupIds: readonly number[]): boolean {
  const wanted = new Set(groupIds);
  return wanted.size === user.groups.length && user.groups.every(({ id }) => wanted.has(id));
}
