// Whether the modules of src/ keep to the rooms of docs/architecture.md. (Circles and long files are the linter's.)
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { roomFaults, roomsOf } from './room-faults.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SRC = join(ROOT, 'src');

/** Tests may look at every room. */
const MODULE = /(?<!\.(?:test|test-support|setup|d))\.ts$/;

const paths = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) =>
  MODULE.test(path),
);
const sources = new Map(
  paths.map((path) => [path.replaceAll(sep, '/'), readFileSync(join(SRC, path), 'utf8')]),
);
const rooms = roomsOf(readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8'));

const faults = roomFaults(sources, rooms);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
