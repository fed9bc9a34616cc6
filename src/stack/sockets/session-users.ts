import { and, eq } from 'drizzle-orm';
import { selectUsers, type User } from '../../auth/user.ts';
import { type Database, isOneOf } from '../../store/database.ts';
import { query } from '../../store/query.ts';
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
  const where = and(eq(users.is_active, 1), isOneOf(users.id, ids));
  const [active, hashes] = await Promise.all([
    selectUsers(db, where),
    db.all(query.select({ id: users.id, token_hash: users.token_hash }).from(users).where(where)),
  ]);
  return {
    byId: new Map(active.map((user) => [user.id, user])),
    hashes: new Map(hashes.map((row) => [row.id, row.token_hash])),
  };
}
