import { verifyPassword } from '../../src/auth/password.ts';
import { normalizeUsername } from '../../src/auth/username.ts';
import type { MigratedDatabase } from './migrate.ts';

/**
 * Whether the first admin's name and password open the stack: always where it has no user yet. Later they
 * count only as long as nobody has chosen another password.
 */
export async function loginCounts(
  database: MigratedDatabase,
  username: string,
  password: string,
): Promise<boolean> {
  const { results } = await database.prepare('SELECT username, password_hash FROM users').all();
  if (results.length === 0) return true;
  const name = normalizeUsername(username);
  const hash = results.find((user) => user['username'] === name)?.['password_hash'];
  return typeof hash === 'string' && verifyPassword(password, hash);
}
