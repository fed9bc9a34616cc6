import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { StartProblem } from '../local/start-problem.ts';

/** What the operator's scripts do in the account, all of it by wrangler. */
export type Wrangler = {
  /** Runs a command in the terminal. Throws StartProblem where it fails. */
  run(args: readonly string[]): void;
  /** Runs a command and returns what it printed, which is shown as well where `isShown`. Throws likewise. */
  read(args: readonly string[], isShown?: boolean): string;
  /** The same, but undefined where it fails with words that `isFine`. */
  tryRead(args: readonly string[], isFine: RegExp): string | undefined;
  /** Runs `make` unless `look` succeeds. */
  ensure(look: readonly string[], make: readonly string[]): void;
  /** Whether commands are only shown. */
  isDry: boolean;
};

/** Where a script works, and with what. */
export type Place = {
  /** The repository's folder. */
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  print: (line: string) => void;
};

/** What the steps of a set-up need. */
export type Means = Place & { wrangler: Wrangler };

/** Wrangler itself, in the repository's folder; the variable WRANGLER names another program in its place. */
export function realWrangler(root: string, env: Place['env']): Wrangler {
  const program = env['WRANGLER'] || join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const isScript = /\.[cm]?[jt]s$/.test(program);
  const call = (args: readonly string[], stdout: 'inherit' | 'pipe', stderr: 'inherit' | 'pipe') =>
    spawnSync(isScript ? process.execPath : program, isScript ? [program, ...args] : [...args], {
      cwd: root,
      // Where output is read nobody can be asked: wrangler takes its own defaults.
      stdio: [stdout === 'inherit' ? 'inherit' : 'ignore', stdout, stderr],
      encoding: 'utf8',
      env: { ...env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false' },
    });
  const read = (args: readonly string[], isShown = false): string => {
    const { status, stdout } = call(args, 'pipe', 'inherit');
    if (isShown) process.stdout.write(stdout);
    return status === 0 ? stdout : fail(args);
  };
  return {
    run: (args) => void (call(args, 'inherit', 'inherit').status === 0 || fail(args)),
    read,
    tryRead: (args, isFine) => {
      const { status, stdout, stderr } = call(args, 'pipe', 'pipe');
      if (status === 0) return stdout;
      if (isFine.test(stdout + stderr)) return undefined;
      process.stderr.write(stdout + stderr);
      return fail(args);
    },
    ensure: (look, make) => {
      if (call(look, 'pipe', 'pipe').status === 0) return;
      console.log(`$ wrangler ${make.join(' ')}`);
      // Wrangler's question whether to write what it made into its configuration is not for us.
      if (make[0] === 'login') void call(make, 'inherit', 'inherit');
      else read(make, true);
    },
    isDry: false,
  };
}

/** Shows each command, as it could be typed, and runs none. */
export function dryWrangler(print: (line: string) => void): Wrangler {
  const show = (args: readonly string[]): void => print(commandLine(args));
  return {
    run: show,
    read: (args) => {
      show(args);
      return '';
    },
    tryRead: (args) => {
      show(args);
      return undefined;
    },
    ensure: (look, make) => {
      print(`${commandLine(look)} >/dev/null 2>&1 || ${commandLine(make)}`);
    },
    isDry: true,
  };
}

function commandLine(args: readonly string[]): string {
  return ['npx', 'wrangler', ...args.map(quoted)].join(' ');
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Wrangler's own words were shown. */
function fail(args: readonly string[]): never {
  throw new StartProblem(
    `\`wrangler ${args.join(' ')}\` failed: see above. What was made stays; run this again when it is mended.`,
  );
}
