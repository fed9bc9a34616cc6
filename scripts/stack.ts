// `npm run stack -- add|remove|list NAME`: the stacks of a deployment.
import { changeStacks } from './operator/change-stacks.ts';
import { runScript } from './operator/script.ts';

await runScript(changeStacks);
