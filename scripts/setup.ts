// `npm run setup`: makes a deployment, or makes one be as waypost.json says. It can be run again at any time.
import { join } from 'node:path';
import { DEFAULT_STACK, nameFor } from './local/stack-setting.ts';
import { agree, ask, assertTerminal } from './operator/ask.ts';
import { bringAbout } from './operator/bring-about.ts';
import { readFlags } from './operator/flags.ts';
import { checkOperator, readOperator } from './operator/operator-file.ts';
import { runScript } from './operator/script.ts';
import { withStack } from './operator/stacks.ts';
import { dryWrangler, realWrangler } from './operator/wrangler.ts';
import { StartProblem } from './local/start-problem.ts';

const ROOT = join(import.meta.dirname, '..');
const USAGE = 'npm run setup -- [--name NAME] [--host HOST] [--stack STACK] [--yes] [--dry-run]';

await runScript(async () => {
  const flags = readFlags(process.argv.slice(2), USAGE);
  if (flags.words.length > 0) throw new StartProblem(USAGE);
  const isAsking = !flags.yes && !flags.isDry;
  if (isAsking) assertTerminal();

  const known = readOperator(ROOT);
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
  const account = process.env['CLOUDFLARE_ACCOUNT_ID'];
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
  const env = { ...process.env };
  if (isNew && !env[key]) env[key] = await ask(`${key}, the key of the number (none: later)`);

  const wrangler = flags.isDry ? dryWrangler(console.log) : realWrangler(ROOT);
  const stacks = Object.keys(operator.stacks).join(', ');
  if (!flags.isDry) {
    await agree(`Set up ${operator.name} (stacks: ${stacks}) in your account?`, flags);
  }
  await bringAbout(operator, { root: ROOT, wrangler, env, print: console.log });
});
