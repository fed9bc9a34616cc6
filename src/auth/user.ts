import { eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import { type Database, isOneOf, readJson } from '../store/database.ts';
import { query, render } from '../store/query.ts';
import { groups, user_groups, users } from '../store/schema.ts';

export type Role = 'admin' | 'user' | 'app';

/** Which chats a right covers: all, those of the user's groups (and the user's own), the user's own, none. */
export type Scope = 'all' | 'group' | 'user' | 'none';

export interface Group {
  id: number;
  name: string;
}

/** A user as the domain sees one: no hashes, no nonce. */
export interface User {
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  email: string;
  role: Role;
  isActive: boolean;
  /** What the user says: whether chats may be given to them now. */
  isAvailable: boolean;
  canUseTags: boolean;
  canReadChats: Scope;
  canWriteToChats: Scope;
  groups: Group[];
}

/** A user as `usersWhere` reads one. */
export type UserRow = typeof users.$inferSelect & { groups: string };

/** The groups of the user whose row is read (JSON array of Group). */
const GROUPS = query
  .select({
    groups: sql`json_group_array(json_object('id', ${groups.id}, 'name', ${groups.name}))`,
  })
  .from(user_groups)
  .innerJoin(groups, eq(groups.id, user_groups.group_id))
  .where(eq(user_groups.user_id, users.id));

/** Rendered once: users are read with every page of messages. */
const SELECT_USERS = sql.raw(
  render(
    query
      .select({ ...getTableColumns(users), groups: sql<string>`${GROUPS}`.as('groups') })
      .from(users),
  ).text,
);

/** Returns the users that `where` (over `users`) selects, with their groups, in the order of their ids. */
export async function selectUsers(
  db: Database,
  where: SQL | undefined,
  page: SQL = sql``,
): Promise<User[]> {
  const rows = await db.all<UserRow>(usersWhere(where, page));
  return rows.map(toUser);
}

/** The query of `selectUsers`, for a batch: its rows are for `toUser`. */
export function usersWhere(where: SQL = sql`true`, page: SQL = sql``): SQL {
  return sql`${SELECT_USERS} where ${where} order by ${users.id} ${page}`;
}

/** Returns one user by id, active or not, or undefined. */
export async function findUser(db: Database, id: number): Promise<User | undefined> {
  const [user] = await selectUsers(db, eq(users.id, id));
  return user;
}

/** Returns the users with some ids, active or not. */
export async function findUsers(db: Database, ids: Iterable<number>): Promise<User[]> {
  return selectUsers(db, isOneOf(users.id, [...new Set(ids)]));
}

/** A user as the domain sees one. */
export function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    firstName: row.first_name,
    lastName: row.last_name,
    email: row.email,
    role: row.role,
    isActive: row.is_active === 1,
    isAvailable: row.is_available === 1,
    canUseTags: row.can_use_tags === 1,
    canReadChats: row.can_read_chats,
    canWriteToChats: row.can_write_to_chats,
    groups: readJson(row.groups),
  };
}
