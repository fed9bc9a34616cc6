import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeStacks } from '../scripts/operator/change-stacks.ts';
import { deployAll, migrateOnly, runWrangler } from '../scripts/operator/deploy-all.ts';
import { setUp } from '../scripts/operator/set-up.ts';
import { StartProblem } from '../scripts/local/start-problem.ts';
import { startSandbox, type Sandbox } from '../sandbox/start-sandbox.ts';

const ROOT = join(import.meta.dirname, '..');
const PRETEND = join(ROOT, 'test/support/pretend-wrangler.mjs');
const TEMPLATE = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');

let clone: string;
let account: string;

/** A clone is what the scripts read and write of it. */
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'waypost-clone-'));
  account = join(clone, 'account.json');
  cpSync(join(ROOT, 'wrangler.toml'), join(clone, 'wrangler.toml'));
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

const SCRIPTS = {
  setup: setUp,
  stack: changeStacks,
  deploy: deployAll,
  'db:migrate': migrateOnly,
  wrangler: runWrangler,
};

interface Ended {
  said: string;
  problem: string | undefined;
}

/** Runs a script in the clone, against the pretend account. */
async function run(line: string, env: Record<string, string> = {}): Promise<Ended> {
  const [script = '', ...args] = line.split(' ');
  const lines: string[] = [];
  const place = {
    root: clone,
    env: { WRANGLER: PRETEND, PRETEND_ACCOUNT: account, ...env },
    print: (one: string) => void lines.push(one),
  };
  try {
    await SCRIPTS[script as keyof typeof SCRIPTS](args, place);
    return { said: lines.join('\n'), problem: undefined };
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error;
    return { said: lines.join('\n'), problem: error.message };
  }
}

async function well(line: string, env: Record<string, string> = {}): Promise<string> {
  const { said, problem } = await run(line, env);
  expect(problem).toBeUndefined();
  return said;
}

const NO_WORKER: { secrets: Record<string, string>; config: object } = { secrets: {}, config: {} };

interface Account {
  d1: string[];
  r2: string[];
  queues: Record<string, { retention?: string }>;
  migrated: string[];
  workers: Record<
    string,
    { secrets: Record<string, string>; versions: number; config: Record<string, unknown> }
  >;
}

function state(): Account {
  return JSON.parse(readFileSync(account, 'utf8'));
}

function operatorFile(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(clone, 'waypost.json'), 'utf8'));
}

const KEY = { D360_API_KEY: 'the-key-of-the-number' };

/** A number whose API answers nobody, so that no test reaches the internet. */
function withoutWaba(name = 'waypost'): void {
  const operator = { name, vars: { WABA_API_URL: 'http://127.0.0.1:9' } };
  writeFileSync(join(clone, 'waypost.json'), JSON.stringify(operator));
}

describe('npm run setup', () => {
  it('makes all that a deployment needs, and leaves the template as it was', async () => {
    withoutWaba();
    const said = await well('setup --host inbox.example.com --yes', KEY);
    const { d1, r2, queues, migrated, workers } = state();
    expect([d1, r2, migrated]).toEqual([['waypost'], ['waypost'], ['waypost']]);
    expect(queues).toEqual({
      'waypost-events': {},
      'waypost-due': {},
      'waypost-media': {},
      'waypost-dead': { retention: '1209600' },
    });
    const { secrets, config } = workers['waypost'] ?? NO_WORKER;
    expect(secrets).toEqual({
      ...KEY,
      SECRET_KEY: expect.stringMatching(/^[\w-]{43}$/),
      WEBHOOK_TOKEN: expect.stringMatching(/^[\w-]{32}$/),
      ADMIN_USERNAME: 'admin',
      ADMIN_PASSWORD: expect.stringMatching(/^[\w-]{16}$/),
    });
    expect(config).toMatchObject({
      main: 'src/index.ts',
      routes: [
        { pattern: 'inbox.example.com', custom_domain: true },
        { pattern: 'websockets-inbox.example.com', custom_domain: true },
      ],
      vars: { PUBLIC_URL: 'https://inbox.example.com', RETENTION_LOG_DAYS: '30' },
    });
    expect(said).toContain(secrets['ADMIN_PASSWORD']);
    expect(said).not.toContain(secrets['SECRET_KEY']);
    expect(said).toContain('npm run doctor -- https://inbox.example.com');
    expect(readFileSync(join(clone, 'wrangler.toml'), 'utf8')).toBe(TEMPLATE);
    expect(JSON.stringify(operatorFile())).not.toContain(secrets['WEBHOOK_TOKEN']);
  });

  it('can be run again: nothing is made twice, no secret is replaced, changes are deployed', async () => {
    withoutWaba();
    await well('setup --host inbox.example.com --yes', KEY);
    const before = state();
    writeFileSync(
      join(clone, 'waypost.json'),
      JSON.stringify({ ...operatorFile(), vars: { RETENTION_LOG_DAYS: '7' } }),
    );
    const said = await well('setup --yes');
    const after = state();
    expect(after.workers['waypost']?.secrets).toEqual(before.workers['waypost']?.secrets);
    expect([after.d1, after.queues]).toEqual([before.d1, before.queues]);
    expect(after.workers['waypost']).toMatchObject({
      versions: 2,
      config: {
        vars: { RETENTION_LOG_DAYS: '7', PUBLIC_URL: 'https://inbox.example.com' },
      },
    });
    expect(said).not.toContain('Keep these now');
  });

  it('goes on where it failed', async () => {
    withoutWaba();
    const failed = await run('setup --yes --host inbox.example.com', {
      ...KEY,
      PRETEND_FAILURE: 'queues create waypost-media',
    });
    expect(failed.problem).toContain('run this again when it is mended');
    await well('setup --yes', KEY);
    expect(state().workers['waypost']?.versions).toBe(1);
  });

  it('never takes secrets that could not be listed for ones that are missing', async () => {
    withoutWaba();
    await well('setup --host inbox.example.com --yes', KEY);
    const before = state().workers;
    const failed = await run('setup --yes', { PRETEND_FAILURE: 'secret list' });
    expect(failed.problem).toContain('secret list');
    expect(state().workers).toEqual(before);
  });

  it('learns its address under workers.dev where it has no host, and says which secret is missing', async () => {
    withoutWaba('mine');
    const said = await well('setup --name mine --yes');
    expect(operatorFile()).toMatchObject({
      name: 'mine',
      stacks: { default: { public_url: 'https://mine.someone.workers.dev' } },
    });
    const { workers, queues, r2 } = state();
    expect(workers['mine']).toMatchObject({
      versions: 2,
      config: { vars: { PUBLIC_URL: 'https://mine.someone.workers.dev' } },
    });
    expect([Object.keys(queues)[3], r2]).toEqual(['mine-dead', ['mine']]);
    expect(said).toContain('npm run wrangler -- secret put D360_API_KEY');
  });

  it('sets the webhook at 360dialog, or tells the one call that does', async () => {
    const sandbox: Sandbox = await startSandbox({
      port: 0,
      apiKey: KEY.D360_API_KEY,
      webhookUrl: '',
      webhookHeaders: {},
    });
    try {
      const operator = { vars: { WABA_API_URL: sandbox.url } };
      writeFileSync(join(clone, 'waypost.json'), JSON.stringify(operator));
      const said = await well('setup --host inbox.example.com --yes', KEY);
      expect(said).toContain('calls https://inbox.example.com/waba/webhook from now on');
      const set = await fetch(`${sandbox.url}/v1/configs/webhook`, {
        headers: { 'D360-API-KEY': KEY.D360_API_KEY },
      });
      expect(await set.json()).toMatchObject({ url: 'https://inbox.example.com/waba/webhook' });
    } finally {
      await sandbox.close();
    }
    const later = await well('stack add acme --yes');
    expect(later).toMatch(
      /curl \S+\/v1\/configs\/webhook .*\$ACME__D360_API_KEY.*https:\/\/acme.example.com\/waba\/webhook/,
    );
  });

  it.each([
    ['setup --host inbox', 'stacks.default.host'],
    ['setup --name My_Worker', 'name: must be lower-case'],
    ['setup --stack acme --host inbox.example.com', 'must begin with "acme."'],
    ['setup --stack localhost --host localhost.example.com', 'A stack is named'],
    ['setup --nonsense', 'npm run setup'],
    ['stack add acme', 'no deployment yet'],
  ])('refuses %s and says why, before anything is made', async (line, why) => {
    const { problem } = await run(`${line} --yes`);
    expect(problem).toContain(why);
    expect(existsSync(account)).toBe(false);
    expect(existsSync(join(clone, 'waypost.json'))).toBe(false);
  });

  it('names each key of the file that is wrong', async () => {
    const operator = { nmae: 'x', stacks: { acme: {} }, vars: { 'a b': '1' } };
    writeFileSync(join(clone, 'waypost.json'), JSON.stringify(operator));
    const { problem } = await run('deploy');
    expect(problem).toMatch(/waypost\.json is wrong:[^]*nmae/);
  });

  it('asks nobody where nobody can be asked', async () => {
    expect((await run('setup')).problem).toContain('--yes');
  });
});

describe('a dry run', () => {
  it.each([
    'setup --dry-run',
    'setup --name mine --host inbox.example.com --stack default --dry-run',
    'stack add acme --host acme.example.com --dry-run',
    'stack remove acme --dry-run',
    'stack list --dry-run',
    'deploy --dry-run',
    'db:migrate --dry-run',
    'wrangler --dry-run rollback',
  ])('shows each command and runs none: %s', async (line) => {
    const said = await well(line);
    expect(existsSync(`${account}.log`)).toBe(false);
    expect(existsSync(join(clone, 'waypost.json'))).toBe(false);
    expect(existsSync(join(clone, 'waypost.wrangler.json'))).toBe(false);
    expect(said).toMatch(/npx wrangler |inbox\.example\.com/);
  });

  it('shows the very commands that are run', async () => {
    const shown = await well('setup --host inbox.example.com --dry-run', KEY);
    withoutWaba();
    await well('setup --host inbox.example.com --yes', KEY);
    const ran = readFileSync(`${account}.log`, 'utf8').trim().split('\n');
    for (const line of ran.map((one) => one.replace(/(?<=--secrets-file )\S+/, 'secrets.json'))) {
      expect(shown).toContain(`npx wrangler ${line}`);
    }
  });
});

describe('npm run stack', () => {
  it('adds a stack with a database, secrets and hosts of its own, lists it, and takes it away again', async () => {
    withoutWaba();
    await well('setup --host inbox.example.com --yes', KEY);
    const { secrets: own } = state().workers['waypost'] ?? NO_WORKER;
    await well('stack add acme --yes', { ACME__D360_API_KEY: 'the-key-of-acme' });
    const { d1, migrated, workers } = state();
    expect([d1, migrated.at(-1)]).toEqual([['waypost', 'waypost-acme'], 'waypost-acme']);
    expect(workers['waypost']?.secrets).toEqual({
      ...own,
      ACME__D360_API_KEY: 'the-key-of-acme',
      ACME__WEBHOOK_TOKEN: expect.any(String),
      ACME__ADMIN_USERNAME: 'admin',
      ACME__ADMIN_PASSWORD: expect.any(String),
    });
    expect(workers['waypost']?.config).toMatchObject({
      vars: { ACME__PUBLIC_URL: 'https://acme.example.com' },
      d1_databases: [
        { binding: 'DB', database_name: 'waypost', migrations_dir: 'migrations' },
        { binding: 'ACME__DB', database_name: 'waypost-acme', migrations_dir: 'migrations' },
      ],
    });
    const listed = await well('stack list');
    expect(listed).toMatch(/^default .*inbox\.example\.com .*waypost$/m);
    expect(listed).toMatch(/^acme .*acme\.example\.com .*waypost-acme$/m);

    const said = await well('stack remove acme --yes');
    expect(state().workers['waypost']?.secrets).toEqual(own);
    expect(state().workers['waypost']?.config['d1_databases']).toHaveLength(1);
    // What customers wrote is deleted by a person only.
    expect(state().d1).toContain('waypost-acme');
    expect(said).toContain('d1 delete waypost-acme');
  });
});

describe('npm run deploy', () => {
  it('migrates, then deploys what the operator’s file says', async () => {
    withoutWaba();
    await well('setup --host inbox.example.com --yes', KEY);
    await well('deploy');
    const ran = readFileSync(`${account}.log`, 'utf8').trim().split('\n').slice(-2);
    expect(ran).toEqual([
      'd1 migrations apply DB --remote --config waypost.wrangler.json',
      'deploy --config waypost.wrangler.json',
    ]);
    expect(state().workers['waypost']?.versions).toBe(2);
  });

  it('needs no operator’s file: the template alone is a deployment, found by its names', async () => {
    withoutWaba();
    await well('setup --host inbox.example.com --yes', KEY);
    rmSync(join(clone, 'waypost.json'));
    await well('deploy');
    expect(state().workers['waypost']?.versions).toBe(2);
  });
});
