import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { loginCounts } from './login-counts.ts';
import { migrateDatabases } from './migrate-databases.ts';
import { guardAgainstOrphans } from './orphan-guard.ts';
import { portProblem } from './ports.ts';
import {
  databasesOf,
  miniflareOptions,
  storageDirOf,
  type RouterOptions,
} from './router-options.ts';
import { StartProblem } from './start-problem.ts';

/** The Worker in workerd, on embedded storage. */
export type Router = {
  /** Asks the Worker whether the stack at a host is ready. Throws StartProblem where it is not. */
  assertReady(host: string): Promise<void>;
  /** Whether this name and password still open the stack of a database binding. */
  loginCounts(binding: string, username: string, password: string): Promise<boolean>;
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
    loginCounts: async (binding, username, password) =>
      loginCounts(await miniflare.getD1Database(binding), username, password),
    close: async () => {
      options.log.mute();
      await miniflare.dispose();
      callOffGuard?.();
    },
  };
}

function startProblem(error: unknown, port: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'ERR_ADDRESS_IN_USE') return portProblem(port, 0, 'EADDRINUSE');
  return new StartProblem(`The Worker does not start: ${error.message}`);
}
