import type { DeploymentConfig } from './deployment-config.ts';
import type { Wrangler } from './wrangler.ts';

/** A configuration, and the file in which wrangler finds it. */
export type Deployment = { config: DeploymentConfig; file: string };

/**
 * Brings the database of every stack up to date. Wrangler asks before it changes one, if there is someone to ask
 * and they have not agreed. Throws StartProblem where one could not be migrated.
 */
export function migrateAll(
  wrangler: Wrangler,
  { config, file }: Deployment,
  { isAgreed }: { isAgreed: boolean } = { isAgreed: false },
): void {
  const { d1_databases: databases } = config;
  for (const [index, { binding, database_name: name }] of databases.entries()) {
    if (!wrangler.isDry) {
      console.log(
        `Migrating ${binding} (${name ?? 'no name'}), ${index + 1} of ${databases.length} …`,
      );
    }
    // By binding: whoever used Cloudflare's deploy button may have called the database something else.
    const apply = ['d1', 'migrations', 'apply', binding, '--remote', '--config', file];
    if (isAgreed) wrangler.read(apply, true);
    else wrangler.run(apply);
  }
}

/**
 * Deploys; returns the address under workers.dev that wrangler tells, if it tells one. `args` are wrangler's.
 */
export function deployWorker(
  wrangler: Wrangler,
  { file }: Deployment,
  args: readonly string[] = [],
): string | undefined {
  const said = wrangler.read(['deploy', '--config', file, ...args], true);
  return /https:\/\/[\w.-]+\.workers\.dev/.exec(said)?.[0];
}
