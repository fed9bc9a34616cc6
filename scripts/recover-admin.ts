// `npm run recover-admin -- --username ada`: gives an admin another password, or makes one, whoever is left.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hashPassword } from '../src/auth/password.ts';
import { checkUsername } from '../src/auth/username.ts';
import { nameFor } from './local/stack-setting.ts';
import { recoverySql } from './recovery-sql.ts';

const ROOT = join(import.meta.dirname, '..');

const USAGE = `npm run recover-admin -- --username NAME [--stack NAME] [--local] [--dry-run]

Gives the user a new password, which is printed, and an admin's rights; makes the user where there is none of
this name. All their sessions end, and their API token stays.

  --local     the database of \`npm start\`, below STATE_DIR
  --dry-run   prints the command and changes nothing`;

/** Wrangler's configurations, the generated one first. */
const CONFIGS = ['waypost.wrangler.json', 'wrangler.toml'];

const PASSWORD_BYTES = 18;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(`\n${USAGE}`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      username: { type: 'string' },
      stack: { type: 'string', default: 'default' },
      local: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  if (values.username === undefined) throw new Error('--username is missing.');
  if (!/^[a-z][a-z0-9-]*$/.test(values.stack)) throw new Error('--stack is not a name of a stack.');
  const username = checkUsername(values.username);
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const folder = mkdtempSync(join(tmpdir(), 'waypost-recover-'));
  try {
    // In a file: what is in a command line can be read by every user of this machine.
    const file = join(folder, 'recover.sql');
    writeFileSync(file, recoverySql(username, await hashPassword(password), Date.now()), {
      mode: 0o600,
    });
    const config = CONFIGS.find((name) => existsSync(join(ROOT, name))) ?? 'wrangler.toml';
    const stateDir = resolve(ROOT, process.env['STATE_DIR'] || join('.wrangler', 'state'));
    const place = values.local ? ['--local', '--persist-to', stateDir] : ['--remote'];
    const binding = nameFor(values.stack, 'DB');
    const args = ['d1', 'execute', binding, ...place, '--yes', '--file', file, '--config', config];
    if (values['dry-run']) {
      console.log(`npx wrangler ${args.join(' ')}`);
      return 0;
    }
    const status = runWrangler(args);
    if (status !== 0) {
      console.error('Nothing was changed: see what wrangler says.');
      return status;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(
    `\n${username} is an admin of stack ${values.stack}. The password, to be changed at once:`,
  );
  console.log(password);
  return 0;
}

/** The variable WRANGLER names another program in wrangler's place. */
function runWrangler(args: readonly string[]): number {
  const own = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const program = process.env['WRANGLER'] || own;
  const isScript = /\.[cm]?[jt]s$/.test(program);
  const { status } = spawnSync(
    isScript ? process.execPath : program,
    isScript ? [program, ...args] : [...args],
    {
      cwd: ROOT,
      stdio: ['inherit', 'ignore', 'inherit'],
      env: { ...process.env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false' },
    },
  );
  return status ?? 1;
}
