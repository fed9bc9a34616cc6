import { agree } from './ask.ts';
import { bringAbout } from './bring-about.ts';
import { databaseName, loadDeployment } from './deployment-config.ts';
import { readFlags } from './flags.ts';
import { deployWorker } from './migrate-and-deploy.ts';
import { checkOperator, readOperator, writeOperator, type Operator } from './operator-file.ts';
import { existingSecrets, ownSecretNames } from './secrets.ts';
import { baseOf, withoutStack, withStack } from './stacks.ts';
import { dryWrangler, realWrangler, type Means, type Place } from './wrangler.ts';
import { StartProblem } from '../local/start-problem.ts';

const USAGE = 'npm run stack -- add|remove|list [NAME] [--host HOST] [--yes] [--dry-run]';

/** `npm run stack`: the stacks of a deployment. Throws StartProblem with what a person can mend. */
export async function changeStacks(args: readonly string[], place: Place): Promise<void> {
  const { root, env, print } = place;
  const flags = readFlags(args, USAGE);
  const [act, named = flags.stack, ...rest] = flags.words;
  const operator =
    readOperator(root) ?? newOperator(flags.isDry, act === 'remove' ? named : undefined);
  const wrangler = flags.isDry ? dryWrangler(print) : realWrangler(root, env);
  if (rest.length > 0) throw new StartProblem(USAGE);
  if (act === 'list') {
    list(operator, print);
  } else if (act === 'add' && named !== undefined) {
    const wanted = withStack(operator, named, flags.host);
    if (!flags.isDry)
      await agree(`Add the stack ${named} at ${wanted.stacks[named]?.host}?`, flags);
    await bringAbout(wanted, { root, wrangler, env, print });
  } else if (act === 'remove' && named !== undefined) {
    const wanted = withoutStack(operator, named);
    if (!flags.isDry) await agree(`Stop serving the stack ${named}? Its data stays.`, flags);
    await remove(operator, wanted, named, { ...place, wrangler });
  } else {
    throw new StartProblem(USAGE);
  }
}

/** A look at what would be done needs no deployment, nor the stack that would be removed. */
function newOperator(isDry: boolean, removed: string | undefined): Operator {
  if (isDry) {
    const operator = checkOperator({ stacks: { default: { host: 'inbox.example.com' } } });
    return removed === undefined ? operator : withStack(operator, removed, undefined);
  }
  throw new StartProblem('There is no deployment yet: `npm run setup` makes one.');
}

function list(operator: Operator, print: Place['print']): void {
  for (const [stack, own] of Object.entries(operator.stacks)) {
    const database = databaseName(operator.name, stack);
    print(`${stack.padEnd(16)} ${(baseOf(own) ?? '(no host)').padEnd(40)} ${database}`);
  }
}

/** Serves the stack no more, then takes its secrets away. Its rows and files stay for a person to delete. */
async function remove(
  operator: Operator,
  wanted: Operator,
  stack: string,
  { root, wrangler, print }: Means,
): Promise<void> {
  const deployment = await loadDeployment(root, wanted);
  if (!wrangler.isDry) {
    writeOperator(root, wanted);
    deployment.save();
  }
  deployWorker(wrangler, deployment);
  const { file } = deployment;
  for (const name of ownSecretNames(stack, existingSecrets(wrangler, file))) {
    wrangler.read(['secret', 'delete', name, '--config', file], true);
  }
  const { name } = operator;
  print(`# The data of ${stack} is still there. To delete its rows for good:`);
  print(`#   npm run wrangler -- d1 delete ${databaseName(name, stack)}`);
  print(`# Its files are in the bucket ${name}, under ${stack}/.`);
}
