import { DEFAULT_STACK, nameFor } from '../local/stack-setting.ts';
import { agree, ask, assertTerminal } from './ask.ts';
import { bringAbout } from './bring-about.ts';
import { readFlags } from './flags.ts';
import { checkOperator, readOperator } from './operator-file.ts';
import { withStack } from './stacks.ts';
import { dryWrangler, realWrangler, type Place } from './wrangler.ts';
import { StartProblem } from '../local/start-problem.ts';

const USAGE = 'npm run setup -- [--name NAME] [--host HOST] [--stack STACK] [--yes] [--dry-run]';

/**
 * `npm run setup`: makes a deployment, or makes one be as the operator's file says. It can be run again at any
 * time. Throws StartProblem with what a person can mend.
 */
export async function setUp(args: readonly string[], place: Place): Promise<void> {
  const { root, env, print } = place;
  const flags = readFlags(args, USAGE);
  if (flags.words.length > 0) throw new StartProblem(USAGE);
  const isAsking = !flags.yes && !flags.isDry;
  if (isAsking) assertTerminal();

  const known = readOperator(root);
  const oldName = known?.name;
  if (oldName !== undefined && flags.name !== undefined && flags.name !== oldName) {
    throw new StartProblem(
      `This deployment is called ${oldName}; another one is made in a clone of its own.`,
    );
  }
  const isNew = known === undefined && isAsking;
  const name =
    flags.name ?? oldName ?? (isNew ? await ask('Name of the Worker', 'waypost') : undefined);
  const stack = flags.stack ?? DEFAULT_STACK;
  const host =
    flags.host ??
    (isNew ? await ask('Host of your own, on a domain in this account (none: workers.dev)') : '');
  const account = env['CLOUDFLARE_ACCOUNT_ID'];
  const operator = withStack(
    checkOperator({
      ...known,
      ...(name ? { name } : {}),
      ...(account ? { account_id: account } : {}),
    }),
    stack,
    host || undefined,
  );
  const key = nameFor(stack, 'D360_API_KEY');
  const asked =
    isNew && !env[key] ? await ask(`${key}, the key of the number (none: later)`) : undefined;

  const wrangler = flags.isDry ? dryWrangler(print) : realWrangler(root, env);
  const stacks = Object.keys(operator.stacks).join(', ');
  if (!flags.isDry) {
    await agree(`Set up ${operator.name} (stacks: ${stacks}) in your account?`, flags);
  }
  const told = asked === undefined ? env : { ...env, [key]: asked };
  await bringAbout(operator, { root, wrangler, env: told, print });
}
