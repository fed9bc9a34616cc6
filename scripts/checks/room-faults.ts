import { posix } from 'node:path';

/**
 * The rooms of the code from the top to the bottom, as the table of docs/architecture.md (`architecture`)
 * names them: folders and files of `src/`. Throws where there is no such table.
 */
export function roomsOf(architecture: string): string[] {
  const cells = [...architecture.matchAll(/^\| (`src\/[^|]+)\|/gm)].flatMap((row) => row[1] ?? []);
  const rooms = cells.flatMap((cell) =>
    [...cell.matchAll(/`src\/([^`/]+)\/?`/g)].flatMap((name) => name[1] ?? []),
  );
  if (rooms.length === 0) throw new Error('docs/architecture.md has no table of rooms.');
  return rooms;
}

/**
 * What breaks the order of `rooms`, a sentence each: imports that go up, and what lies in no room. `sources`
 * are the texts of the modules by their paths in `src/`. Files that are named after the last folder are for
 * all: they import no room, and each other as they like.
 */
export function roomFaults(
  sources: ReadonlyMap<string, string>,
  rooms: readonly string[],
): string[] {
  const ground = rooms.findLastIndex((room) => !room.endsWith('.ts')) + 1;
  const levels = new Map(rooms.map((room, at) => [room, Math.min(at, ground)]));
  const levelOf = (path: string) => levels.get(path.split('/')[0] ?? '');
  const faults: string[] = [];
  for (const [path, text] of sources) {
    const level = levelOf(path);
    if (level === undefined) {
      faults.push(`src/${path} lies in no room of docs/architecture.md`);
      continue;
    }
    for (const imported of importsOf(path, text)) {
      if ((levelOf(imported) ?? level) >= level) continue;
      faults.push(`src/${path} imports src/${imported}, which is above it`);
    }
  }
  return faults;
}

function importsOf(path: string, text: string): string[] {
  const paths = text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g);
  return [...paths].map((match) => posix.join(posix.dirname(path), match[1] ?? ''));
}
