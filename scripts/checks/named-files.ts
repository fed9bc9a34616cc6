// Whether the files that documents and comments speak of are there.
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { missingFiles } from './missing-files.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const FOLDERS = ['src', 'test', 'scripts', 'bench', 'sandbox', 'client', 'web', 'docs', '.github'];

const below = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
    join(folder, path),
  ),
);
const files = [...readdirSync(ROOT), ...below].map((path) => path.replaceAll(sep, '/'));

/** The history may speak of what is gone. */
const isRead = (path: string) => /\.(?:ts|mjs|md|toml)$/.test(path) && path !== 'CHANGELOG.md';

const texts = new Map(
  files.filter(isRead).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
);

const faults = missingFiles(texts, files);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
