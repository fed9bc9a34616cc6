import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, expect, it } from 'vitest';
import { migrate } from './migrate.ts';

const root = mkdtempSync(join(tmpdir(), 'waypost-migrate-'));
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    cf: false,
    modules: true,
    script: 'export default { fetch: () => new Response() }',
    d1Databases: ['FRESH', 'BROKEN'],
  }),
);

afterAll(async () => {
  await miniflare.dispose();
  rmSync(root, { recursive: true, force: true });
});

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(root, 'm-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

it('applies what a database has not seen, in order, and records it as wrangler does', async () => {
  const database = await miniflare.getD1Database('FRESH');
  const files: Record<string, string> = {
    '0001_fill.sql': "INSERT INTO t (v) VALUES ('a;b'); -- two\nINSERT INTO t (v) VALUES ('c');",
    '0000_make.sql': 'CREATE TABLE t (v text);--> statement-breakpoint\nCREATE INDEX t_v ON t (v);',
    'notes.md': 'not a migration',
  };
  expect(await migrate(database, folderOf(files))).toEqual(['0000_make.sql', '0001_fill.sql']);

  files['0002_more.sql'] = "INSERT INTO t (v) VALUES ('d');";
  expect(await migrate(database, folderOf(files))).toEqual(['0002_more.sql']);
  expect(await migrate(database, folderOf(files))).toEqual([]);

  const { results } = await database.prepare('SELECT v FROM t').all();
  expect(results.map(({ v }) => v)).toEqual(['a;b', 'c', 'd']);
  const records = await database.prepare('SELECT id, name FROM d1_migrations ORDER BY id').all();
  expect(records.results.map(({ name }) => name)).toEqual([
    '0000_make.sql',
    '0001_fill.sql',
    '0002_more.sql',
  ]);
});

it('leaves nothing of a migration that fails half-way', async () => {
  const database = await miniflare.getD1Database('BROKEN');
  const folder = folderOf({
    '0000_half.sql': 'CREATE TABLE t (v text);\nINSERT INTO nowhere VALUES (1);',
  });
  await expect(migrate(database, folder)).rejects.toThrow('nowhere');
  const { results } = await database
    .prepare("SELECT name FROM sqlite_master WHERE name = 't'")
    .all();
  expect(results).toEqual([]);
  writeFileSync(join(folder, '0000_half.sql'), 'CREATE TABLE t (v text);');
  expect(await migrate(database, folder)).toEqual(['0000_half.sql']);
});
