import { join } from 'node:path';
import { StartProblem } from '../local/start-problem.ts';
import type { Place } from './wrangler.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Runs one of the operator's scripts in this repository; what they can mend is said without a stack trace. */
export async function runScript(
  script: (args: readonly string[], place: Place) => Promise<void>,
): Promise<void> {
  try {
    const place = { root: ROOT, env: process.env, print: (line: string) => console.log(line) };
    await script(process.argv.slice(2), place);
  } catch (error) {
    console.error(error instanceof StartProblem ? error.message : error);
    process.exitCode = 1;
  }
}
