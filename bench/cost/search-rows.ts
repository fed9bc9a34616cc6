import type { DatabaseSync } from 'node:sqlite';
import { sqlite } from '../../scripts/local/sqlite.ts';
import { messageText } from '../growth/seed-text.ts';

/** Enough for the index to have been merged some times. */
const MESSAGES = 2_000;

/**
 * How many rows of its own tables the search index writes for a message, and for a message's removal.
 * The platform's `meta` counts one for both, and whether its bill does is not documented; SQLite itself
 * tells them all.
 */
export function searchRows(): { added: number; removed: number } {
  const db = new (sqlite().DatabaseSync)(':memory:');
  db.exec(
    `create virtual table search using fts5 (text, content='', contentless_delete=1, tokenize='trigram')`,
  );
  const insert = db.prepare('insert into search (rowid, text) values (?, ?)');
  const added = rowsOf(db, () => {
    for (let n = 1; n <= MESSAGES; n += 1) insert.run(n, messageText(n, MESSAGES));
  });
  const remove = db.prepare('delete from search where rowid = ?');
  const removed = rowsOf(db, () => {
    for (let n = 1; n <= MESSAGES; n += 1) remove.run(n);
  });
  db.close();
  return { added: added / MESSAGES, removed: removed / MESSAGES };
}

function rowsOf(db: DatabaseSync, change: () => void): number {
  const total = db.prepare('select total_changes() as rows');
  const before = Number(total.get()?.['rows']);
  change();
  return Number(total.get()?.['rows']) - before;
}
