// `npm run db:migrate [-- --dry-run]`: brings the database of every stack up to date.
import { join } from 'node:path';
import { loadDeployment } from './operator/deployment-config.ts';
import { migrateAll } from './operator/migrate-and-deploy.ts';
import { runScript } from './operator/script.ts';
import { dryWrangler, realWrangler } from './operator/wrangler.ts';

const ROOT = join(import.meta.dirname, '..');

await runScript(async () => {
  const isDry = process.argv.includes('--dry-run');
  const deployment = await loadDeployment(ROOT);
  if (!isDry) deployment.save();
  migrateAll(isDry ? dryWrangler(console.log) : realWrangler(ROOT), deployment);
});
