// `npm run stack -- add|remove|list NAME`: the stacks of a deployment.
import { join } from 'node:path';
import { agree } from './operator/ask.ts';
import { bringAbout } from './operator/bring-about.ts';
import { databaseName, loadDeployment } from './operator/deployment-config.ts';
import { readFlags } from './operator/flags.ts';
import { deployWorker } from './operator/migrate-and-deploy.ts';
import {
  checkOperator,
  readOperator,
  writeOperator,
  type Operator,
} from './operator/operator-file.ts';
import { runScript } from './operator/script.ts';
import { existingSecrets, ownSecretNames } from './operator/secrets.ts';
import { baseOf, withoutStack, withStack } from './operator/stacks.ts';
import { dryWrangler, realWrangler, type Wrangler } from './operator/wrangler.ts';
import { StartProblem } from './local/start-problem.ts';

const ROOT = join(import.meta.dirname, '..');
const USAGE = 'npm run stack -- add|remove|list [NAME] [--host HOST] [--yes] [--dry-run]';

await runScript(async () => {
  const flags = readFlags(process.argv.slice(2), USAGE);
  const [act, named = flags.stack, ...rest] = flags.words;
  const operator =
    readOperator(ROOT) ?? newOperator(flags.isDry, act === 'remove' ? named : undefined);
  const wrangler = flags.isDry ? dryWrangler(console.log) : realWrangler(ROOT);
  if (rest.length > 0) throw new StartProblem(USAGE);
  if (act === 'list') {
    list(operator);
  } else if (act === 'add' && named !== undefined) {
    const wanted = withStack(operator, named, flags.host);
    if (!flags.isDry)
      await agree(`Add the stack ${named} at ${wanted.stacks[named]?.host}?`, flags);
    await bringAbout(wanted, { root: ROOT, wrangler, env: process.env, print: console.log });
  } else if (act === 'remove' && named !== undefined) {
    const wanted = withoutStack(operator, named);
    if (!flags.isDry) await agree(`Stop serving the stack ${named}? Its data stays.`, flags);
    await remove(operator, wanted, named, wrangler);
  } else {
    throw new StartProblem(USAGE);
  }
});

/** A look at what would be done needs no deployment, nor the stack that would be removed. */
function newOperator(isDry: boolean, removed: string | undefined): Operator {
  if (isDry) {
    const operator = checkOperator({ stacks: { default: { host: 'inbox.example.com' } } });
    return removed === undefined ? operator : withStack(operator, removed, undefined);
  }
  throw new StartProblem('There is no deployment yet: `npm run setup` makes one.');
}

function list(operator: Operator): void {
  for (const [stack, own] of Object.entries(operator.stacks)) {
    const database = databaseName(operator.name, stack);
    console.log(`${stack.padEnd(16)} ${(baseOf(own) ?? '(no host)').padEnd(40)} ${database}`);
  }
}

/** Serves the stack no more, then takes its secrets away. Its rows and files stay for a person to delete. */
async function remove(
  operator: Operator,
  wanted: Operator,
  stack: string,
  wrangler: Wrangler,
): Promise<void> {
  const deployment = await loadDeployment(ROOT, wanted);
  if (!wrangler.isDry) {
    writeOperator(ROOT, wanted);
    deployment.save();
  }
  deployWorker(wrangler, deployment);
  const { file } = deployment;
  for (const name of ownSecretNames(stack, existingSecrets(wrangler, file))) {
    wrangler.read(['secret', 'delete', name, '--config', file], true);
  }
  const { name } = operator;
  console.log(`# The data of ${stack} is still there. To delete its rows for good:`);
  console.log(`#   npm run wrangler -- d1 delete ${databaseName(name, stack)}`);
  console.log(`# Its files are in the bucket ${name}, under ${stack}/.`);
}
