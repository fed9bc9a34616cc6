// `npm run deploy [-- --dry-run]`: migrations first, then the Worker.
import { deployAll } from './operator/deploy-all.ts';
import { runScript } from './operator/script.ts';

await runScript(deployAll);
