import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import type { V4SharedOptions, V4WorkerOptions } from 'miniflare';
import type { Build } from './build.ts';
import { migrateDatabases } from './migrate-databases.ts';
import { guardAgainstOrphans } from './orphan-guard.ts';
import { LOOPBACK, portProblem } from './ports.ts';
import { StartProblem } from './start-problem.ts';
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

const MIN_BATCH_WAIT_S = 0.005;

/** The Worker in workerd, on embedded storage. */
export type Router = {
  /** Asks the Worker whether the stack at a host is ready. Throws StartProblem where it is not. */
  assertReady(host: string): Promise<void>;
  close(): Promise<void>;
};

/**
 * Brings the databases up to date, then starts the Worker: what can be asked can be answered. Throws
 * StartProblem where the port is taken or the Worker does not load.
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  await migrateDatabases({
    databases: databasesOf(options),
    migrationsDir: options.migrationsDir,
    storageDir: storageDirOf(options),
  });
  let callOffGuard: (() => void) | undefined;
  const guard = () => {
    callOffGuard?.();
    callOffGuard = guardAgainstOrphans();
  };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...miniflareOptions(options),
      // A runtime that died was replaced.
      unsafeHandleRuntimeRestart: guard,
    }),
  );
  await miniflare.ready.catch((error: unknown) => {
    throw startProblem(error, options.port);
  });
  guard();
  return {
    assertReady: async (host) => {
      const response = await miniflare.dispatchFetch(`http://${host}/readyz`);
      const body = await response.text();
      if (response.ok) return;
      throw new StartProblem(`${host} is not ready: /readyz answers ${response.status} ${body}`);
    },
    close: async () => {
      options.log.mute();
      await miniflare.dispose();
      callOffGuard?.();
    },
  };
}

function miniflareOptions(
  options: RouterOptions,
): V4SharedOptions & { workers: V4WorkerOptions[] } {
  const { build, port, settings, log } = options;
  return {
    host: LOOPBACK,
    port,
    cf: false,
    log: new RouterLog(log),
    logRequests: false,
    handleStructuredLogs: ({ level, message }) => log.write(level, message),
    resourcePersistencePath: storageDirOf(options),
    workers: [
      {
        ...build.options,
        name: 'waypost',
        modulesRoot: build.dir,
        modules: [{ type: 'ESModule', path: build.module }],
        bindings: { ...build.vars, ...settings },
        d1Databases: databasesOf(options),
        queueConsumers: eagerConsumers(build),
      },
    ],
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
function storageDirOf({ stateDir }: RouterOptions): string {
  return join(stateDir, 'v3');
}

/** Every D1 binding and the name of its database on disk. */
function databasesOf({ build, moreDatabases }: RouterOptions): Record<string, string> {
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

function startProblem(error: unknown, port: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ERR_ADDRESS_IN_USE') return portProblem(port, 0, 'EADDRINUSE');
  return new StartProblem(`The Worker does not start: ${error.message}`);
}
