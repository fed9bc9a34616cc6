import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { migrate } from './migrate.ts';
import { guardAgainstOrphans } from './orphan-guard.ts';
import { LOOPBACK } from './ports.ts';

/** Which D1 databases (binding to name on disk) of which storage, and the folder of their migrations. */
export type Migrations = {
  databases: Readonly<Record<string, string>>;
  migrationsDir: string;
  /** Absolute path of Miniflare's storage. */
  storageDir: string;
};

/**
 * Brings databases on disk up to date while nobody works in them: in a runtime of its own, on a port
 * that nobody knows and without the Worker, so that no request and no alarm finds half a schema.
 */
export async function migrateDatabases(options: Migrations): Promise<void> {
  const { databases, migrationsDir, storageDir } = options;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: LOOPBACK,
      port: 0,
      cf: false,
      resourcePersistencePath: storageDir,
      modules: true,
      script: 'export default {}',
      d1Databases: { ...databases },
    }),
  );
  await miniflare.ready;
  const callOffGuard = guardAgainstOrphans();
  try {
    for (const binding of Object.keys(databases)) {
      await migrate(await miniflare.getD1Database(binding), migrationsDir);
    }
  } finally {
    await miniflare.dispose();
    callOffGuard();
  }
}
