import { parseArgs } from 'node:util';
import { StartProblem } from '../scripts/local/start-problem.ts';
import type { Section } from './section.ts';

/** What `npm run bench` was asked for. */
export interface Options {
  sections: Section[];
  isQuick: boolean;
  seed: number;
  /** The length of sections of free length. */
  seconds: number | undefined;
}

const DEFAULT_SEED = 1;

/**
 * Reads the command line; `env` because npm takes `npm run bench --quick` for a setting of its own and
 * hands it on there. Throws StartProblem with what there is to choose from.
 */
export function readOptions(
  args: string[],
  env: Readonly<Record<string, string | undefined>>,
  all: readonly Section[],
): Options {
  const { values, positionals } = parse(args, all);
  return {
    sections: chosen(positionals, all),
    isQuick: values.quick || env['npm_config_quick'] === 'true',
    seed: number('seed', values.seed) ?? DEFAULT_SEED,
    seconds: number('seconds', values.seconds),
  };
}

function parse(args: string[], all: readonly Section[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        seed: { type: 'string' },
        seconds: { type: 'string' },
      },
    });
  } catch (error) {
    throw new StartProblem(
      `${error instanceof Error ? error.message : 'What is this?'}\n${usage(all)}`,
    );
  }
}

function chosen(names: readonly string[], all: readonly Section[]): Section[] {
  const unknown = names.find((name) => !all.some((section) => section.name === name));
  if (unknown !== undefined) {
    throw new StartProblem(`There is no section "${unknown}".\n${usage(all)}`);
  }
  if (names.length === 0) return all.filter(({ isOnDemand }) => isOnDemand !== true);
  return all.filter(({ name }) => names.includes(name));
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new StartProblem(`--${name} must be a whole number above 0, not "${text}".`);
}

function usage(all: readonly Section[]): string {
  return [
    'Usage: npm run bench -- [section …] [--quick] [--seed <n>] [--seconds <n>]',
    ...all.map(
      ({ name, title, isOnDemand }) =>
        `  ${name.padEnd(10)} ${title}${isOnDemand === true ? ' (only when named)' : ''}`,
    ),
  ].join('\n');
}
