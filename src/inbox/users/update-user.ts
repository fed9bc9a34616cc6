import { and, eq, sql, type SQL } from 'drizzle-orm';
import { GROUP_OF_ROLE } from '../../auth/insert-user.ts';
import { endSessionsOf } from '../../auth/session.ts';
import type { User } from '../../auth/user.ts';
import { checkUsername } from '../../auth/username.ts';
import { invalidField, invalidMember } from '../../error.ts';
import { type Database, isUniqueViolation, jsonList } from '../../store/database.ts';
import { query, type Statement } from '../../store/query.ts';
import { groups, user_groups, users } from '../../store/schema.ts';
import { assertAdmin } from '../permissions.ts';
import { assertMayChange, type UserChanges } from './user-changes.ts';
import { retrieveUser } from './users.ts';

/**
 * Changes a user: all of it or nothing. Returns how the user is then, and whether they were deactivated; close
 * their sockets then. Other rights count from the next event on, without that. Throws `forbidden` as
 * `assertMayChange` does, `not_found`, and `invalid` for a username that may not be used or is taken, for
 * groups that do not exist, and where no active admin would be left.
 */
export async function updateUser(
  db: Database,
  actor: User,
  userId: number,
  wanted: UserChanges,
): Promise<{ user: User; isDeactivated: boolean }> {
  // Who may change nobody else is not told who there is.
  if (actor.id !== userId) assertAdmin(actor);
  const user = await retrieveUser(db, userId);
  assertMayChange(actor, user, wanted);
  const changes = withRoleGroup(user, wanted);
  const username = changes.username === undefined ? undefined : checkUsername(changes.username);
  await assertGroups(db, changes.groupIds ?? []);
  const isDeactivated = user.isActive && changes.isActive === false;
  await write(db, user, { ...changes, username }, isDeactivated);
  return { user: await retrieveUser(db, userId), isDeactivated };
}

/** Another role brings another group of the first migration with it, unless the groups are said. */
function withRoleGroup(user: User, changes: UserChanges): UserChanges {
  const { role, groupIds } = changes;
  if (role === undefined || role === user.role || groupIds !== undefined) return changes;
  const others = user.groups.map(({ id }) => id).filter((id) => id !== GROUP_OF_ROLE[user.role]);
  return { ...changes, groupIds: [...others, GROUP_OF_ROLE[role]] };
}

async function assertGroups(db: Database, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const missing = await db.all<{ id: number }>(sql`
    select value as id from json_each(${jsonList(ids)}) where value not in (select ${groups.id} from ${groups})`);
  const [first] = missing;
  if (first === undefined) return;
  throw invalidField('group_ids', `Invalid pk "${first.id}" - object does not exist.`);
}

async function write(
  db: Database,
  user: User,
  changes: UserChanges,
  isDeactivated: boolean,
): Promise<void> {
  const endsAdmin = changes.isActive === false || (changes.role ?? 'admin') !== 'admin';
  const isAllowed = endsAdmin ? hasOtherAdmin(user.id) : undefined;
  try {
    // The groups first: what the update changes decides whether it was allowed.
    const results = await db.batch([
      ...setGroups(user.id, changes.groupIds, isAllowed),
      ...(isDeactivated ? [endSessionsOf(user.id, isAllowed)] : []),
      query
        .update(users)
        .set(assignments(changes))
        .where(and(eq(users.id, user.id), isAllowed))
        .returning({ id: users.id }),
    ]);
    if (results.at(-1)?.length === 1) return;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw invalidField('username', 'A user with that username already exists.', error);
  }
  const problem = 'There must be an active admin beside this one.';
  throw changes.isActive === false
    ? invalidField('is_active', problem)
    : invalidMember('profile', 'role', problem);
}

/** Whether someone is no active admin, or not the only one. */
function hasOtherAdmin(userId: number): SQL {
  return sql`exists (select 1 from ${users} a where
    (a.id = ${userId} and (a.role != 'admin' or a.is_active = 0))
    or (a.id != ${userId} and a.role = 'admin' and a.is_active = 1))`;
}

function setGroups(
  userId: number,
  ids: readonly number[] | undefined,
  isAllowed: SQL | undefined,
): Statement[] {
  if (ids === undefined) return [];
  return [
    query.delete(user_groups).where(and(eq(user_groups.user_id, userId), isAllowed)),
    sql`insert or ignore into ${user_groups} (user_id, group_id)
        select ${userId}, value from json_each(${jsonList(ids)}) where ${isAllowed ?? sql`true`}`,
  ];
}

/** What drizzle leaves out of an update is undefined; it must set something, so an e-mail that is not said stays. */
function assignments(changes: UserChanges) {
  const { canUseTags, isActive } = changes;
  return {
    email: changes.email ?? sql`${users.email}`,
    username: changes.username,
    first_name: changes.firstName,
    last_name: changes.lastName,
    role: changes.role,
    is_active: isActive === undefined ? undefined : Number(isActive),
    can_use_tags: canUseTags === undefined ? undefined : Number(canUseTags),
    can_read_chats: changes.canReadChats,
    can_write_to_chats: changes.canWriteToChats,
    // Or a code that was never used would let them in again.
    activation_hash: isActive === false ? null : undefined,
  };
}
