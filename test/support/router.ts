import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { freePort } from './free-port.ts';
import { spawnRouter, type Router } from './spawn-router.ts';

export type { Router };

/** Starts a router on state of its own, which `close` removes, with settings on top of the defaults. */
export async function startRouter(settings: Record<string, string> = {}): Promise<Router> {
  const stateDir = await mkdtemp(join(tmpdir(), 'waypost-test-'));
  // A router takes a bundle that is there, if it was made of the same sources and entry.
  await cp(inject('build'), join(stateDir, 'build'), { recursive: true });
  const port = Number(settings['PORT'] ?? (await freePort()));
  const router = await spawnRouter({ stateDir, port }, settings);
  return {
    ...router,
    close: async () => {
      await router.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
