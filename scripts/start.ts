// `npm start`: the router and its sandboxes on this machine, ready to try.
import { join } from 'node:path';
import { buildWorker } from './local/build.ts';
import { startPage } from './local/page.ts';
import { choosePorts } from './local/ports.ts';
import { startRouter } from './local/router.ts';
import { startSandboxes } from './local/sandboxes.ts';
import { readSettings } from './local/settings.ts';
import { DEFAULT_STACK, hostOf, nameFor, stackSetting } from './local/stack-setting.ts';
import { StartProblem } from './local/start-problem.ts';
import { claimStateDir, secretKeyIn } from './local/state-dir.ts';
import { exitOnSignals, stopOnSignals } from './local/stop.ts';
import { workerLog } from './local/worker-log.ts';
import { workerSettings } from './local/worker-settings.ts';

const ROOT = join(import.meta.dirname, '..');

exitOnSignals();
try {
  await start();
} catch (error) {
  console.error(error instanceof StartProblem ? error.message : error);
  process.exit(1);
}

async function start(): Promise<void> {
  const env = process.env;
  const settings = readSettings(env, ROOT);
  const { stacks, sandboxStacks, stateDir } = settings;
  const log = workerLog(settings.isVerbose);

  const port = await choosePorts(settings.port, 1 + sandboxStacks.length);
  claimStateDir(stateDir);
  const build = await buildWorker(ROOT, join(stateDir, 'build'), settings.workerEntry);
  const sandboxes = await startSandboxes(env, sandboxStacks, port);
  const sandboxUrls = new Map(sandboxes.map(({ stack, url }) => [stack, url]));
  const router = await startRouter({
    build,
    port,
    settings: workerSettings(env, { stacks, port, sandboxUrls, secretKey: secretKeyIn(stateDir) }),
    moreDatabases: stacks.slice(1).map((stack) => nameFor(stack, 'DB')),
    migrationsDir: join(ROOT, 'migrations'),
    stateDir,
    log,
  });
  stopOnSignals(async () => {
    await Promise.all([router.close(), ...sandboxes.map((sandbox) => sandbox.close())]);
  });
  for (const stack of stacks) await router.assertReady(hostOf(stack, port));
  const username = stackSetting(env, DEFAULT_STACK, 'ADMIN_USERNAME') ?? '';
  const password = stackSetting(env, DEFAULT_STACK, 'ADMIN_PASSWORD') ?? '';
  const isLoginOld = !(await router.loginCounts('DB', username, password));
  console.log(startPage(env, { port, stacks, sandboxUrls, stateDir, isLoginOld }));
}
