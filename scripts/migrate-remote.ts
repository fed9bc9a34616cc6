// The first half of `npm run deploy`: brings the database of every stack in wrangler.toml up to date.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { unstable_readConfig as readConfig } from 'wrangler';

const ROOT = join(import.meta.dirname, '..');
const WRANGLER = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');

const { d1_databases: databases } = readConfig({ config: join(ROOT, 'wrangler.toml') });
for (const [index, { binding, database_name: name }] of databases.entries()) {
  console.log(`Migrating ${binding} (${name ?? 'no name'}), ${index + 1} of ${databases.length} …`);
  const { status } = spawnSync(
    process.execPath,
    [WRANGLER, 'd1', 'migrations', 'apply', binding, '--remote'],
    // Wrangler asks before it changes a database, if there is someone to ask.
    { cwd: ROOT, stdio: 'inherit', env: { ...process.env, WRANGLER_HIDE_BANNER: 'true' } },
  );
  if (status !== 0) {
    console.error(`${binding} could not be migrated; databases after it were left as they are.`);
    process.exit(1);
  }
}
