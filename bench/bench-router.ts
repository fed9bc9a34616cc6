import { rm, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startRouter, type Router } from '../test/support/router.ts';
import { runtimeMemory } from './runtime-memory.ts';

/** The module that is measured unless a section says otherwise. */
const WORKER_ENTRY = 'bench/worker/bench-worker.ts';

/** What takes a while to make and is the same every time: scripts/local/build.ts sees to that. */
const KEPT = 'build';

/** A router under measurement; `url` names an address, so that nothing looks `localhost` up. */
export interface BenchRouter extends Router {
  /** Absolute path; the databases lie below `v3`. */
  stateDir: string;
  /** What the runtime's processes hold in memory, in bytes. */
  memory(): Promise<number>;
}

/** Where a router is to run. */
export interface Place {
  port: number;
  stateDir: string;
}

/** Starts a router on empty storage; its storage goes when it is closed. */
export async function startBenchRouter(
  { port, stateDir }: Place,
  settings: Record<string, string>,
): Promise<BenchRouter> {
  await clear(stateDir);
  const router = await startRouter({
    WORKER_ENTRY,
    ...settings,
    PORT: String(port),
    STATE_DIR: stateDir,
  });
  return {
    ...router,
    url: `http://127.0.0.1:${port}`,
    stateDir,
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
