import { sql } from 'drizzle-orm';
import journal from '../../migrations/meta/_journal.json' with { type: 'json' };
import type { Database } from './database.ts';

/**
 * Names the migrations that this code was written for and the database has not had, the first one first. Reads
 * the record that `wrangler d1 migrations` keeps; what the database has beyond is newer code's.
 */
export async function pendingMigrations(db: Database): Promise<string[]> {
  const applied = await appliedMigrations(db);
  return journal.entries.map(({ tag }) => tag).filter((tag) => !applied.has(`${tag}.sql`));
}

async function appliedMigrations(db: Database): Promise<ReadonlySet<string>> {
  try {
    const rows = await db.all<{ name: string }>(sql`select name from d1_migrations`);
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if (error instanceof Error && error.message.includes('no such table')) return new Set();
    throw error;
  }
}
