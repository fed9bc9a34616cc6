// Runs before every npm script of this repository (package.json names it in each one's `pre…`), on
// whatever Node the system has (18 or newer), so that none needs an `npm install` first; `npx` does.
// Plain JavaScript: TypeScript is not there yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The first Node that runs TypeScript files as they are, without a flag. */
const TYPESCRIPT_NODE = [22, 18];

/**
 * Adds what is missing and keeps to package-lock.json without writing it. `npm ci` would begin by
 * deleting what a router in another terminal may be running from.
 */
const NPM_INSTALL = 'install --no-save --include=dev --no-audit --no-fund --loglevel=error'.split(
  ' ',
);

if (!isInstalled()) install();
if (!runsTypeScript()) {
  fail(
    `Waypost needs Node ${TYPESCRIPT_NODE.join('.')} or newer; this is ${process.versions.node}. ` +
      'It brings its own as a dependency, but that was not installed (ignore-scripts is set, perhaps).',
  );
}

/** Whether node_modules holds what package-lock.json asks for, by npm's own record of what it installed. */
function isInstalled() {
  const record = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const found = packagesOf(record);
  return Object.entries(packagesOf(join(ROOT, 'package-lock.json'))).every(([path, entry]) => {
    const installed = found[path];
    // Another platform's binaries are optional and stay away.
    return path === '' || (installed ? installed.version === entry.version : entry.optional);
  });
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

function install() {
  console.log('Installing dependencies (npm install) …');
  // npm's own Node and script, as the npm that called us names them: a `node` found on PATH may lie in
  // the very node_modules that npm is about to replace.
  const { npm_execpath: npmScript, npm_node_execpath: npmNode } = process.env;
  const [command, ...script] = npmScript ? [npmNode ?? process.execPath, npmScript] : ['npm'];
  const npm = spawnSync(command, [...script, ...NPM_INSTALL], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (npm.status === 0) return;
  const why = npm.error ? `npm could not be started (${npm.error.message})` : 'npm install failed';
  fail(`${why}: see above. Check the network, then try again.`);
}

function runsTypeScript() {
  if (existsSync(join(ROOT, 'node_modules/.bin/node'))) return true;
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [neededMajor, neededMinor] = TYPESCRIPT_NODE;
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
