import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildWorker } from '../../scripts/local/build.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of a bundle of the product, which a router need not make again. */
    build: string;
  }
}

const ROOT = join(import.meta.dirname, '..', '..');

/** Bundles the Worker once for all routers of a run: that is half of what a start costs. */
export default async function buildOnce(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'waypost-build-'));
  await buildWorker(ROOT, dir);
  project.provide('build', dir);
  return () => rm(dir, { recursive: true, force: true });
}
