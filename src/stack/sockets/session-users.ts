import { and, eq } from 'drizzle-orm';
import { toUser, type User, type UserRow, usersWhere } from '../../auth/user.ts';
import { type Database, isOneOf } from '../../store/database.ts';
import { users } from '../../store/schema.ts';

/** The active users behind some sockets. */
export interface SessionUsers {
  byId: Map<number, User>;
  /** SHA-256 of their present tokens. */
  hashes: Map<number, string>;
}

/** Reads the users of some sessions, with their rights as they are now. */
export async function loadSessionUsers(
  db: Database,
  sessions: readonly { userId: number }[],
): Promise<SessionUsers> {
  if (sessions.length === 0) return { byId: new Map(), hashes: new Map() };
  const ids = [...new Set(sessions.map(({ userId }) => userId))];
  const rows = await db.all<UserRow>(
    usersWhere(and(eq(users.is_active, 1), isOneOf(users.id, ids))),
  );
  return {
    byId: new Map(rows.map((row) => [row.id, toUser(row)])),
    hashes: new Map(rows.map((row) => [row.id, row.token_hash])),
  };
}
