import { count, sql } from 'drizzle-orm';
import { findUser, selectUsers, type User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import { query } from '../../store/query.ts';
import { users } from '../../store/schema.ts';
import type { PageRange } from '../long-list.ts';

/** Returns a page of all users by id, and how many there are. Everyone may see who else is in the inbox. */
export async function listUsers(
  db: Database,
  { limit, offset }: PageRange,
): Promise<{ count: number; users: User[] }> {
  const [total, found] = await Promise.all([
    db.first(query.select({ count: count().as('count') }).from(users)),
    selectUsers(db, undefined, sql`limit ${limit} offset ${offset}`),
  ]);
  return { count: total?.count ?? 0, users: found };
}

/** Returns a user, active or not. Throws `not_found` where there is none with this id. */
export async function retrieveUser(db: Database, id: number): Promise<User> {
  const user = await findUser(db, id);
  if (user === undefined) throw notFound();
  return user;
}
