import { join } from 'node:path';
import { Log, LogLevel, type V4SharedOptions, type V4WorkerOptions } from 'miniflare';
import type { Build } from './build.ts';
import { LOOPBACK } from './ports.ts';
import type { WorkerLog } from './worker-log.ts';

export type RouterOptions = {
  build: Build;
  port: number;
  /** The Worker's variables. */
  settings: Record<string, string>;
  /** Names of D1 bindings that wrangler.toml does not have: those of further stacks. */
  moreDatabases: readonly string[];
  migrationsDir: string;
  stateDir: string;
  log: WorkerLog;
};

const FILES = 'waypost-files';

const MIN_BATCH_WAIT_S = 0.005;

/**
 * What Miniflare is to run. The Worker listens by itself: behind Miniflare's own port each request goes
 * through three Workers more, which for `/healthz` takes 2.1 ms of the runtime's only core and not 0.9.
 * So nothing tells a client's address here, and no proxy is believed what protocol it was called with.
 */
export function miniflareOptions(
  options: RouterOptions,
): V4SharedOptions & { workers: V4WorkerOptions[] } {
  const { log } = options;
  return {
    host: LOOPBACK,
    port: 0,
    cf: false,
    log: new RouterLog(log),
    logRequests: false,
    handleStructuredLogs: ({ level, message }) => log.write(level, message),
    resourcePersistencePath: storageDirOf(options),
    workers: [workerOptions(options), filesOptions(options)],
  };
}

function workerOptions(options: RouterOptions): V4WorkerOptions {
  const { build, port, settings } = options;
  return {
    ...build.options,
    name: 'waypost',
    unsafeDirectSockets: [{ host: LOOPBACK, port }],
    modulesRoot: build.dir,
    modules: [{ type: 'ESModule', path: build.module }],
    bindings: { ...build.vars, ...settings },
    serviceBindings: { ASSETS: FILES },
    d1Databases: databasesOf(options),
    queueConsumers: eagerConsumers(build),
  };
}

/** The files of `[assets]`, in a Worker that has nothing else: one that has them listens behind Miniflare's. */
function filesOptions({ build }: RouterOptions): V4WorkerOptions {
  return {
    name: FILES,
    modules: true,
    script: 'export default { fetch: () => new Response(null, { status: 404 }) }',
    assets: { directory: build.files, routerConfig: { has_user_worker: true } },
  };
}

/**
 * The queues' consumers with a wait of some milliseconds in the place of none: without a wait
 * Miniflare's broker never runs two batches at once, as Cloudflare's does.
 */
function eagerConsumers({ options }: Build): V4WorkerOptions['queueConsumers'] {
  const consumers = options.queueConsumers ?? {};
  if (Array.isArray(consumers)) return consumers;
  return Object.fromEntries(
    Object.entries(consumers).map(([queue, consumer]) => [
      queue,
      { ...consumer, maxBatchTimeout: Math.max(consumer.maxBatchTimeout ?? 0, MIN_BATCH_WAIT_S) },
    ]),
  );
}

/** Where wrangler looks too, so that `wrangler d1 execute DB --local` sees the same database. */
export function storageDirOf({ stateDir }: RouterOptions): string {
  return join(stateDir, 'v3');
}

/** Every D1 binding and the name of its database on disk. */
export function databasesOf({ build, moreDatabases }: RouterOptions): Record<string, string> {
  const names = [...Object.keys(build.options.d1Databases ?? {}), ...moreDatabases];
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** Miniflare's own words, which it would print to stdout. */
class RouterLog extends Log {
  readonly #log: WorkerLog;

  constructor(log: WorkerLog) {
    super(LogLevel.WARN);
    this.#log = log;
  }

  override log(line: string): void {
    this.#log.write('warn', line);
  }
}
