// `npm run wrangler -- tail`: wrangler, about this deployment. `--dry-run` at first shows the command.
import { join } from 'node:path';
import { loadDeployment } from './operator/deployment-config.ts';
import { runScript } from './operator/script.ts';
import { dryWrangler, realWrangler } from './operator/wrangler.ts';

const ROOT = join(import.meta.dirname, '..');

await runScript(async () => {
  const args = process.argv.slice(2);
  const isDry = args[0] === '--dry-run';
  const deployment = await loadDeployment(ROOT);
  if (!isDry) deployment.save();
  const wrangler = isDry ? dryWrangler(console.log) : realWrangler(ROOT);
  wrangler.run([...(isDry ? args.slice(1) : args), '--config', deployment.file]);
});
