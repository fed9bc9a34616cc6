import { rm, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnRouter, type Router } from '../test/support/spawn-router.ts';
import { runtimeMemory } from './runtime-memory.ts';

/** The module that is measured unless a section says otherwise. */
const WORKER_ENTRY = 'bench/worker/bench-worker.ts';

/** What takes a while to make and is the same every time: scripts/local/build.ts sees to that. */
const KEPT = 'build';

/** A router under measurement. */
export interface BenchRouter extends Router {
  /** What the runtime's processes hold in memory, in bytes. */
  memory(): Promise<number>;
}

/** Where a router is to run. */
export interface Place {
  port: number;
  stateDir: string;
}

/** The URL of a router there; an address, so that nobody has to look `localhost` up. */
export function urlOf({ port }: Pick<Place, 'port'>): string {
  return `http://127.0.0.1:${port}`;
}

/** What a shell may have set for `npm start` and would send the bench elsewhere; empty is not set. */
const DEFAULTS = Object.fromEntries(
  [
    'STACKS',
    'WABA_API_URL',
    'D360_API_KEY',
    'WEBHOOK_TOKEN',
    'META_APP_SECRET',
    'D360_PLATFORM_SECRET',
    'ADMIN_USERNAME',
    'ADMIN_PASSWORD',
    'ALLOW_PRIVATE_TARGETS',
    'PUBLIC_URL',
    'CONTACT_PROVIDERS',
    'EMAIL_FROM',
    'FCM_SERVICE_ACCOUNT',
    'VERBOSE',
  ].map((name) => [name, '']),
);

/** Starts a router on empty storage; its storage goes when it is closed. */
export async function startBenchRouter(
  { port, stateDir }: Place,
  settings: Record<string, string>,
): Promise<BenchRouter> {
  await clear(stateDir);
  const router = await spawnRouter(
    { port, stateDir },
    // As under npm: a router ends when who started it has gone.
    { ...DEFAULTS, npm_lifecycle_event: 'bench', WORKER_ENTRY, ...settings },
  );
  return {
    ...router,
    url: urlOf({ port }),
    memory: () => runtimeMemory(router.pid()),
    close: async () => {
      await router.close();
      await clear(stateDir);
    },
  };
}

async function clear(stateDir: string): Promise<void> {
  const names = await readdir(stateDir).catch(() => []);
  const passing = names.filter((name) => name !== KEPT);
  await Promise.all(passing.map((name) => rm(join(stateDir, name), { recursive: true })));
}
