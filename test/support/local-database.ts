import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Long enough for a write of the router's to end. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Runs a statement in the database of a router with one stack, by what `npm start` keeps in its state
 * directory: for states that only a fault of ours brings about. The router may be running.
 */
export function runInDatabase(stateDir: string, statement: string, ...values: string[]): void {
  const folder = join(stateDir, 'v3', 'd1', 'miniflare-D1DatabaseObject');
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]+\.sqlite$/.test(name));
  for (const file of files) {
    const database = new DatabaseSync(join(folder, file), { timeout: BUSY_TIMEOUT_MS });
    database.prepare(statement).run(...values);
    database.close();
  }
}
