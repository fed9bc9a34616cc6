import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is needed of a D1 database. */
export type MigratedDatabase = {
  prepare(query: string): MigrationStatement;
  batch(statements: MigrationStatement[]): Promise<unknown>;
};

type MigrationStatement = {
  bind(...values: unknown[]): MigrationStatement;
  all(): Promise<{ results: Record<string, unknown>[] }>;
  run(): Promise<unknown>;
};

/** As wrangler writes it, so that `wrangler d1 migrations` and this agree about what was applied. */
const RECORD_TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/**
 * Applies the `*.sql` files of a folder that a database has not seen, in the order of their names. Each
 * goes in whole together with its record, or not at all. Returns the names applied.
 */
export async function migrate(database: MigratedDatabase, folder: string): Promise<string[]> {
  await database.prepare(RECORD_TABLE).run();
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all();
  const applied = new Set(results.map((row) => row['name']));
  const pending = migrationNames(folder).filter((name) => !applied.has(name));
  if (pending.length === 0) return [];
  // Loaded only when needed: wrangler takes most of a second to load.
  const { unstable_splitSqlQuery: splitSqlQuery } = await import('wrangler');
  for (const name of pending) {
    const statements = splitSqlQuery(readFileSync(join(folder, name), 'utf8'));
    await database.batch([
      ...statements.map((statement) => database.prepare(statement)),
      database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ]);
  }
  return pending;
}

function migrationNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
}
