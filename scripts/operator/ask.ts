import { createInterface } from 'node:readline/promises';
import { StartProblem } from '../local/start-problem.ts';

/** Asks the person at the terminal; an empty answer is `fallback`. */
export async function ask(question: string, fallback = ''): Promise<string> {
  const shown = fallback === '' ? question : `${question} [${fallback}]`;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${shown}: `)).trim() || fallback;
  } finally {
    terminal.close();
  }
}

/** Throws StartProblem unless somebody agrees, or has said so before. */
export async function agree(question: string, { yes }: { yes: boolean }): Promise<void> {
  if (yes) return;
  assertTerminal();
  if (!/^y(?:es)?$/i.test(await ask(`${question} (yes/no)`, 'no'))) {
    throw new StartProblem('Nothing was changed.');
  }
}

/** Throws StartProblem where nobody can be asked. */
export function assertTerminal(): void {
  if (process.stdin.isTTY) return;
  throw new StartProblem(
    'Nobody can be asked here: say --yes to go on, or --dry-run to look first.',
  );
}
