import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';

/** A command that exits with 0 where all is well; programs of node_modules need no path. */
export type Check = { name: string; command: string[] };

/** Most of the tools use more than one core by themselves. */
const AT_ONCE = 2;

/**
 * Runs checks side by side in `folder`. Gives `print` a line for each as it ends, then the whole output
 * of those that failed. Returns how many did.
 */
export async function runChecks(
  checks: readonly Check[],
  folder: string,
  print: (line: string) => void,
): Promise<number> {
  const waiting = [...checks];
  const failures: string[] = [];
  const lane = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const startedAt = Date.now();
      const { isGood, output } = await runCheck(check, folder);
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      print(`${isGood ? 'ok  ' : 'FAIL'} ${check.name} (${seconds} s)`);
      if (!isGood) failures.push(`\n${check.name}: ${check.command.join(' ')}\n${output}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  for (const failure of failures) print(failure);
  return failures.length;
}

async function runCheck({ command: [program = '', ...args] }: Check, folder: string) {
  const path = [join(folder, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(program, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: path,
      WRANGLER_HIDE_BANNER: 'true',
      WRANGLER_SEND_METRICS: 'false',
    },
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exited,
  ]);
  const output = stripVTControlCharacters(`${stdout}${stderr}`).trim();
  return { isGood: code === 0, output };
}
