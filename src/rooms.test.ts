import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The rooms from the top to the bottom (docs/architecture.md); the rest of `src/` lies below them all. */
const ROOMS = [
  'api',
  'dialects',
  'console',
  'watch',
  'queue',
  'stack',
  'upkeep',
  'delivery',
  'ingest',
  'webhooks',
  'inbox',
  'events',
  'auth',
  'waba',
  'outbound',
  'store',
];

const SRC = import.meta.dirname;

interface Import {
  from: string;
  to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const paths = [...text.matchAll(/from '(\.[^']+)'/g)].flatMap((match) => match[1] ?? []);
  return paths.map((path) => ({
    from: relative(SRC, file),
    to: relative(SRC, resolve(dirname(file), path)),
  }));
}

/** Position of a file's room; what lies in none is the wiring on top or what all may use below. */
function levelOf(file: string): number {
  const level = ROOMS.indexOf(file.split('/')[0] ?? '');
  if (level >= 0) return level;
  return ['index.ts', 'stack-of-request.ts', 'well-formed.ts'].includes(file) ? -1 : ROOMS.length;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/\.(test|test-support|setup|d)\.ts$/.test(file),
);

describe('the rooms of the code', () => {
  it('are imported downwards only', () => {
    const upwards = files
      .flatMap((file) => importsOf(join(SRC, file)))
      .filter(({ from, to }) => levelOf(to) < levelOf(from));
    expect(upwards).toEqual([]);
  });
});
