import { sql } from 'drizzle-orm';
import { findUser, type Group, type User } from '../../auth/user.ts';
import { invalidField } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import type { AssignmentChange } from './assignment-change.ts';

/** Who a chat is newly assigned to. */
export interface AssignmentTargets {
  user: User | null;
  group: Group | null;
}

/**
 * Reads who a chat is to be assigned to. Throws `invalid` for somebody who does not exist or is not
 * active. Whose it was already is not asked: a chat may stay with somebody who has left.
 */
export async function readTargets(
  db: Database,
  { userSet, groupSet }: AssignmentChange,
): Promise<AssignmentTargets> {
  const [user, group] = await Promise.all([readUser(db, userSet), readGroup(db, groupSet)]);
  return { user, group };
}

async function readUser(db: Database, id: number | null): Promise<User | null> {
  if (id === null) return null;
  const user = await findUser(db, id);
  if (user === undefined) throw unknown('assigned_to_user', id);
  if (!user.isActive) throw invalidField('assigned_to_user', 'This user is not active.');
  return user;
}

async function readGroup(db: Database, id: number | null): Promise<Group | null> {
  if (id === null) return null;
  const group = await db.first<Group>(sql`select id, name from groups where id = ${id}`);
  if (group === undefined) throw unknown('assigned_group', id);
  return group;
}

function unknown(field: string, id: number): Error {
  return invalidField(field, `Invalid pk "${id}" - object does not exist.`);
}
