import { DEFAULT_STACK } from '../local/stack-setting.ts';
import { databaseName, loadDeployment } from './deployment-config.ts';
import { deployWorker, migrateAll } from './migrate-and-deploy.ts';
import { OPERATOR_FILE, writeOperator, type Operator } from './operator-file.ts';
import { existingSecrets, newSecrets, withSecretsFile, type NewSecret } from './secrets.ts';
import { pointWebhook } from './point-webhook.ts';
import { baseOf } from './stacks.ts';
import type { Means, Wrangler } from './wrangler.ts';

/** What is put aside for a person should outlive their holidays: 14 days are the most that Queues keep. */
const DEAD_RETENTION_S = 14 * 86_400;

/**
 * Makes the account be as the operator's file says, and the file be on disk: what is there stays, what is missing
 * is made. So it can be run again after every change, and after a failure.
 */
export async function bringAbout(operator: Operator, means: Means): Promise<void> {
  const { root, wrangler, env, print } = means;
  const { isDry } = wrangler;
  const deployment = await loadDeployment(root, operator);
  const { config, file } = deployment;
  if (isDry) {
    print(`# ${OPERATOR_FILE} would be:`);
    print(JSON.stringify(operator, null, 2).replaceAll(/^/gm, '# '));
    print(`# ${file} is made of it and of wrangler.toml. The commands:`);
  } else {
    writeOperator(root, operator);
    deployment.save();
  }
  wrangler.ensure(['whoami', '--json'], ['login']);
  makeResources(operator, file, wrangler);

  const stacks = Object.keys(operator.stacks);
  const secrets = newSecrets(stacks, existingSecrets(wrangler, file), env);
  if (isDry) explainSecrets(secrets, print);
  migrateAll(wrangler, { config, file }, { isAgreed: true });
  const address = withSecretsFile(secrets, isDry, (args) =>
    deployWorker(wrangler, { config, file }, args),
  );
  const addressed = withAddress(operator, address);
  if (addressed !== undefined) {
    print(`The stack is at ${address}, which it has to know: deploying once more.`);
    const again = await loadDeployment(root, addressed);
    writeOperator(root, addressed);
    again.save();
    deployWorker(wrangler, again);
  }
  const final = addressed ?? operator;
  for (const stack of stacks) await pointWebhook(final, stack, secrets, config.vars, means);
  if (!isDry) tellSecrets(secrets, print);
  for (const base of Object.values(final.stacks).flatMap((one) => baseOf(one) ?? [])) {
    print(`${isDry ? '' : 'Look at it: '}npm run doctor -- ${base}`);
  }
}

function makeResources(operator: Operator, file: string, wrangler: Wrangler): void {
  const { name, stacks } = operator;
  const where = ['--config', file];
  for (const stack of Object.keys(stacks)) {
    const database = databaseName(name, stack);
    wrangler.ensure(
      ['d1', 'info', database, '--json', ...where],
      ['d1', 'create', database, ...where],
    );
  }
  wrangler.ensure(
    ['r2', 'bucket', 'info', name, ...where],
    ['r2', 'bucket', 'create', name, ...where],
  );
  for (const queue of ['events', 'due', 'media', 'dead']) {
    const retention =
      queue === 'dead' ? ['--message-retention-period-secs', String(DEAD_RETENTION_S)] : [];
    wrangler.ensure(
      ['queues', 'info', `${name}-${queue}`, ...where],
      ['queues', 'create', `${name}-${queue}`, ...retention, ...where],
    );
  }
}

/** The operator's file with the address that the deployment turned out to have; undefined where nothing is new. */
function withAddress(operator: Operator, address: string | undefined): Operator | undefined {
  const { [DEFAULT_STACK]: own } = operator.stacks;
  if (own === undefined || address === undefined || baseOf(own) === address) return undefined;
  if (own.host !== undefined) return undefined;
  const stacks = { ...operator.stacks, [DEFAULT_STACK]: { ...own, public_url: address } };
  return { ...operator, stacks };
}

function explainSecrets(secrets: readonly NewSecret[], print: (line: string) => void): void {
  print('# secrets.json holds what the list above lacks (a temporary file, for this one command):');
  for (const { name, value, isMade } of secrets) {
    const source = name.endsWith('USERNAME') ? value : 'made at random';
    const isGiven = !isMade || value === undefined;
    print(`#   ${name}: ${isGiven ? `from the environment's ${name}` : source}`);
  }
}

/** What was made here is shown this once: the account gives no secret away. */
function tellSecrets(secrets: readonly NewSecret[], print: (line: string) => void): void {
  const made = secrets.filter(({ isMade, value }) => isMade && value !== undefined);
  // Nobody has to type it, and who has it can read what is sealed.
  const shown = made.filter(({ name }) => name !== 'SECRET_KEY');
  if (shown.length > 0) print('\nKeep these now; they are shown this once:');
  for (const { name, value } of shown) print(`  ${name}  ${value}`);
  if (made.length > shown.length) print('SECRET_KEY was made, too; nobody needs to know it.');
  for (const { name, value } of secrets) {
    if (value === undefined) print(`Still missing: \`npm run wrangler -- secret put ${name}\`.`);
  }
}
