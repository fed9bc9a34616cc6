// `npm run setup`: makes a deployment, or makes one be as waypost.json says.
import { runScript } from './operator/script.ts';
import { setUp } from './operator/set-up.ts';

await runScript(setUp);
