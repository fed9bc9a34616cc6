import { sql } from 'drizzle-orm';
import type { User } from '../../auth/user.ts';
import { notFound } from '../../error.ts';
import type { Database } from '../../store/database.ts';
import { assertAdmin } from '../../inbox/users/admin-only.ts';

/**
 * Deletes a dead letter; what it was about stays as it is. Throws `forbidden` for anyone but an admin,
 * `not_found` where there is none.
 */
export async function forgetDeadLetter(db: Database, actor: User, id: number): Promise<void> {
  assertAdmin(actor);
  const deleted = await db.run(sql`delete from dead_letters where id = ${id}`);
  if (deleted === 0) throw notFound();
}
