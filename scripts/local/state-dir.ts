import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { sqlite } from './sqlite.ts';
import { StartProblem } from './start-problem.ts';

const SECRET_KEY_BYTES = 32;

/** What SQLite answers where another process has the lock (SQLITE_BUSY). */
const SQLITE_BUSY = 5;

/** Open locks. Held here, or the garbage collector would close them. */
const held: DatabaseSync[] = [];

/**
 * Makes the folder and keeps every other router out of it until this process ends, however it ends:
 * two of them over one storage would send every message twice. The lock is SQLite's, because Node
 * has none of its own and this one leaves nothing stale behind a kill. Throws StartProblem where a
 * router is using the folder already.
 */
export function claimStateDir(dir: string): void {
  const lock = openLock(dir);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new StartProblem(
      `Another Waypost is running on ${dir}. Stop it, or set STATE_DIR to another folder.`,
    );
  }
  held.push(lock);
}

/** Opens the lock's file, which shows whether the folder is one and can be written. */
function openLock(dir: string): DatabaseSync {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK | constants.X_OK);
    return new (sqlite().DatabaseSync)(join(dir, 'lock'));
  } catch (error) {
    throw new StartProblem(
      `STATE_DIR ${dir} ${reasonOf(error)}. Set STATE_DIR to a folder that can be written.`,
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'is a file and no folder',
  ENOTDIR: 'lies below a file',
  EACCES: 'cannot be written',
  EPERM: 'cannot be written',
  EROFS: 'lies on a disk that cannot be written',
  ENOSPC: 'lies on a disk that is full',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return REASONS[code] ?? `cannot be used (${code})`;
}

/** The key in the folder; made at the first call, readable by its owner only. */
export function secretKeyIn(dir: string): string {
  const path = join(dir, 'secret-key');
  if (!existsSync(path)) {
    // Renamed into place, so that a kill in between leaves no half-written key.
    const draft = `${path}.new`;
    writeFileSync(draft, randomBytes(SECRET_KEY_BYTES).toString('base64url'), { mode: 0o600 });
    renameSync(draft, path);
  }
  return readFileSync(path, 'utf8').trim();
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
