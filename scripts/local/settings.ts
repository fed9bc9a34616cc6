import { join, resolve } from 'node:path';
import { DEFAULT_STACK, isStackName, stackSetting, type Environment } from './stack-setting.ts';
import { StartProblem } from './start-problem.ts';

/** What `npm start` was told, checked. */
export type LocalSettings = {
  /** The router's port; 0 takes a free one, and the next ones for the sandboxes. */
  port: number;
  /** Absolute path of what is kept between starts. */
  stateDir: string;
  /** Names of the stacks, the default one first. */
  stacks: string[];
  /** Those of them whose WABA is a sandbox, as no WABA_API_URL names another. */
  sandboxStacks: string[];
  /** Whether the Worker's own log lines are shown. */
  isVerbose: boolean;
  /** The module to bundle in the place of the product's, for tests; undefined for the product. */
  workerEntry: string | undefined;
};

const DEFAULT_PORT = 8787;
const MAX_PORT = 65_535;

/**
 * Reads the variables that say where and how to run; an empty one counts as not set. `root` is the
 * repository's folder. Throws StartProblem naming the variable that is wrong.
 */
export function readSettings(env: Environment, root: string): LocalSettings {
  const stacks = [DEFAULT_STACK, ...readStackNames(env['STACKS'] ?? '')];
  const sandboxStacks = stacks.filter((stack) => !stackSetting(env, stack, 'WABA_API_URL'));
  return {
    port: readPort(env['PORT'] || String(DEFAULT_PORT), sandboxStacks.length),
    stateDir: resolve(root, env['STATE_DIR'] || join('.wrangler', 'state')),
    stacks,
    sandboxStacks,
    isVerbose: env['VERBOSE'] === '1' || env['VERBOSE'] === 'true',
    workerEntry: env['WORKER_ENTRY'] || undefined,
  };
}

function readPort(text: string, portsAfterIt: number): number {
  const highest = MAX_PORT - portsAfterIt;
  if (/^\d{1,5}$/.test(text) && Number(text) <= highest) return Number(text);
  throw new StartProblem(`PORT must be a whole number from 0 to ${highest}, not "${text}".`);
}

function readStackNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  const given = [...new Set(names.filter((name) => name !== ''))];
  const wrong = given.find((name) => !isStackName(name));
  if (wrong === undefined) return given;
  throw new StartProblem(
    `STACKS must list names like acme,beta (letters, digits, hyphens; not "${wrong}").`,
  );
}
