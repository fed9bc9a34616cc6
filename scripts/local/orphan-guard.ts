import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Reads, which ends when this process does, then ends the processes that it was given. */
const WAIT_THEN_KILL = 'read -r _; kill -9 "$@"';

/**
 * Sees to it that the processes which this one has started so far end with it even when it is killed
 * outright: workerd would live on, keep the port and work the storage beside its successor. Returns
 * a function that calls the guard off.
 */
export function guardAgainstOrphans(): () => void {
  const children = process.platform === 'win32' ? [] : childProcessIds();
  if (children.length === 0) return () => undefined;
  const guard = spawn('/bin/sh', ['-c', WAIT_THEN_KILL, 'guard', ...children], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return () => guard.kill('SIGKILL');
}

function childProcessIds(): string[] {
  // Linux lists them in a file, and smaller systems come without pgrep.
  const list = `/proc/${process.pid}/task/${process.pid}/children`;
  const ids = existsSync(list) ? readFileSync(list, 'utf8') : pgrep();
  return ids.split(/\s+/).filter((id) => id !== '');
}

function pgrep(): string {
  try {
    return execFileSync('pgrep', ['-P', String(process.pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
