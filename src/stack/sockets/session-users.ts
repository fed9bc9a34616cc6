import { sql } from 'drizzle-orm';
import { selectUsers, type User } from '../../auth/user.ts';
import { type Database, jsonList } from '../../store/database.ts';

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
  const ids = jsonList([...new Set(sessions.map(({ userId }) => userId))]);
  const where = sql`u.is_active = 1 and u.id in (select value from json_each(${ids}))`;
  const [users, hashes] = await Promise.all([
    selectUsers(db, where),
    db.all<{ id: number; token_hash: string }>(
      sql`select u.id, u.token_hash from users u where ${where}`,
    ),
  ]);
  return {
    byId: new Map(users.map((user) => [user.id, user])),
    hashes: new Map(hashes.map((row) => [row.id, row.token_hash])),
  };
}
