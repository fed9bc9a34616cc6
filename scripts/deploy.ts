// `npm run deploy [-- --dry-run]`: migrations first, then the Worker. Other arguments are wrangler's.
import { join } from 'node:path';
import { loadDeployment } from './operator/deployment-config.ts';
import { deployWorker, migrateAll } from './operator/migrate-and-deploy.ts';
import { runScript } from './operator/script.ts';
import { dryWrangler, realWrangler } from './operator/wrangler.ts';

const ROOT = join(import.meta.dirname, '..');

await runScript(async () => {
  const args = process.argv.slice(2);
  const isDry = args.includes('--dry-run');
  const wrangler = isDry ? dryWrangler(console.log) : realWrangler(ROOT);
  const deployment = await loadDeployment(ROOT);
  if (!isDry) deployment.save();
  migrateAll(wrangler, deployment);
  deployWorker(
    wrangler,
    deployment,
    args.filter((arg) => arg !== '--dry-run'),
  );
});
