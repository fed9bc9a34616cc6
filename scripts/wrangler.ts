// `npm run wrangler -- tail`: wrangler, about this deployment.
import { runWrangler } from './operator/deploy-all.ts';
import { runScript } from './operator/script.ts';

await runScript(runWrangler);
