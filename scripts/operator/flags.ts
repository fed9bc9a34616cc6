import { parseArgs } from 'node:util';
import { StartProblem } from '../local/start-problem.ts';

/** What the operator's scripts may be told. */
export type Flags = {
  name: string | undefined;
  host: string | undefined;
  stack: string | undefined;
  yes: boolean;
  isDry: boolean;
  /** What is no flag. */
  words: string[];
};

const OPTIONS = {
  name: { type: 'string' },
  host: { type: 'string' },
  stack: { type: 'string' },
  yes: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const;

/** Reads a command line. Throws StartProblem with `usage` where it is none. */
export function readFlags(args: readonly string[], usage: string): Flags {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: OPTIONS,
      allowPositionals: true,
    });
    const { name, host, stack, yes, 'dry-run': isDry } = values;
    return { name, host: host?.toLowerCase(), stack, yes, isDry, words: positionals };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartProblem(`${why}\n${usage}`);
  }
}
