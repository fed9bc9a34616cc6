import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, parse, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import type { Json } from 'miniflare';
import type { Unstable_MiniflareWorkerOptions } from 'wrangler';
import { StartProblem } from './start-problem.ts';

/** The Worker, bundled, and how wrangler.toml wants it run. */
export type Build = {
  /** Absolute paths of the folder and of the one module in it. */
  dir: string;
  module: string;
  /** Bindings and the like, in miniflare's words. */
  options: WorkerOptions;
  /** Absolute path of the folder of `[assets]`. */
  files: string;
  /** `[vars]` of wrangler.toml. */
  vars: Record<string, Json>;
};

type WorkerOptions = Unstable_MiniflareWorkerOptions['workerOptions'];

/** All that a bundle is made of, beside the folder of an entry of its own. */
const SOURCES = ['src', 'migrations/meta', 'wrangler.toml', 'package-lock.json', 'tsconfig.json'];

/** The product's entry. */
const WORKER_ENTRY = 'src/index.ts';

/**
 * Bundles the Worker of the repository at `root` into `dir`, or takes the bundle there if nothing has
 * changed since, which halves the time of a restart. `entry` is its module, relative to `root`: tests
 * put one around the product's. Throws StartProblem with the bundler's own words where it fails.
 */
export async function buildWorker(root: string, dir: string, entry = WORKER_ENTRY): Promise<Build> {
  const record = join(dir, 'build.json');
  const module = join(dir, `${parse(entry).name}.js`);
  const fingerprint = fingerprintOf(root, entry);
  const known = readRecord(record);
  if (known?.fingerprint !== fingerprint) {
    rmSync(dir, { recursive: true, force: true });
    const [described] = await Promise.all([describe(root), bundle(root, dir, entry)]);
    // Comes last, and whole or not at all: it vouches for the bundle.
    writeFileSync(`${record}.new`, JSON.stringify({ fingerprint, ...described }));
    renameSync(`${record}.new`, record);
    return { dir, module, ...described };
  }
  const { options, files, vars } = known;
  return { dir, module, options, files, vars };
}

type Described = Pick<Build, 'options' | 'files' | 'vars'>;

type BuildRecord = Described & { fingerprint: string };

function readRecord(path: string): BuildRecord | undefined {
  if (!existsSync(path)) return undefined;
  const record: BuildRecord = JSON.parse(readFileSync(path, 'utf8'));
  return record;
}

/** A hash over names and contents of all that a bundle is made of, and where it lies. */
function fingerprintOf(root: string, entry: string): string {
  const hash = createHash('sha256').update(root).update(`\0${entry}`);
  for (const source of [...SOURCES, dirname(entry)]) {
    for (const file of filesOf(join(root, source))) {
      hash.update(`\0${file}\0`).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** What wrangler.toml says. Secrets and settings are left to the environment: .dev.vars is not read. */
async function describe(root: string): Promise<Described> {
  process.env['WRANGLER_LOG'] ??= 'error';
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import('wrangler');
  const config = unstable_readConfig({ config: join(root, 'wrangler.toml') });
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  // Wrangler knows the folder only as a part of the Worker, which locally is served without.
  const { assets: _assets, ...options } = workerOptions;
  const { directory } = config.assets ?? {};
  if (directory === undefined) throw new StartProblem('wrangler.toml names no folder of [assets].');
  const files = resolve(root, directory);
  return { options: { ...options, bindings: {} }, files, vars: { ...config.vars } };
}

/** Bundles as a deployment would. */
async function bundle(root: string, dir: string, entry: string): Promise<void> {
  const wrangler = join(root, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  const child = spawn(process.execPath, [wrangler, 'deploy', entry, '--dry-run', '--outdir', dir], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      WRANGLER_HIDE_BANNER: 'true',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_LOG: 'error',
    },
  });
  const exited = new Promise<number | null>((done, reject) => {
    child.once('error', reject);
    child.once('close', done);
  });
  const [said, code] = await Promise.all([text(child.stderr), exited]);
  if (code === 0) return;
  throw new StartProblem(`The Worker cannot be built:\n${stripVTControlCharacters(said).trim()}`);
}
