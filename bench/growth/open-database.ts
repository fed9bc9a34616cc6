import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { sqlite } from '../../scripts/local/sqlite.ts';

/**
 * Opens the default stack's database of a router that does not run, below its state folder. Throws where
 * there is none.
 */
export function openDatabase(stateDir: string): DatabaseSync {
  for (const path of databasesBelow(join(stateDir, 'v3', 'd1'))) {
    const db = new (sqlite().DatabaseSync)(path);
    const table = db.prepare(`select 1 from sqlite_master where name = 'messages_search'`).get();
    if (table !== undefined) return db;
    db.close();
  }
  throw new Error(`There is no database below ${stateDir}.`);
}

function databasesBelow(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  const paths = names.map((name) => join(dir, name));
  return paths.filter((path) => path.endsWith('.sqlite') && statSync(path).isFile());
}
