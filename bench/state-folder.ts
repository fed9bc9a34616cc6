import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { StartProblem } from '../scripts/local/start-problem.ts';

/**
 * Makes the folder that the bench works in, and returns a function that removes it. Throws StartProblem
 * where something is in it: figures over somebody's data would be neither theirs nor repeatable.
 */
export function takeStateFolder(dir: string): () => void {
  mkdirSync(dir, { recursive: true });
  if (readdirSync(dir).length > 0) {
    throw new StartProblem(
      `${dir} is not empty. Remove it if it is left over from a bench that was killed, ` +
        'or set STATE_DIR to another folder.',
    );
  }
  return () => rmSync(dir, { recursive: true, force: true });
}
