import { loadDeployment } from './deployment-config.ts';
import { deployWorker, migrateAll } from './migrate-and-deploy.ts';
import { dryWrangler, realWrangler, type Place } from './wrangler.ts';

/** `npm run db:migrate`: brings the database of every stack up to date; `--dry-run` shows how. */
export async function migrateOnly(args: readonly string[], place: Place): Promise<void> {
  const { wrangler, deployment } = await prepare(args.includes('--dry-run'), place);
  migrateAll(wrangler, deployment);
}

/** `npm run deploy`: migrations first, then the Worker. Other arguments than `--dry-run` are wrangler's. */
export async function deployAll(args: readonly string[], place: Place): Promise<void> {
  const { wrangler, deployment } = await prepare(args.includes('--dry-run'), place);
  migrateAll(wrangler, deployment);
  const theirs = args.filter((arg) => arg !== '--dry-run');
  deployWorker(wrangler, deployment, theirs);
}

/** `npm run wrangler`: any command of wrangler's, about this deployment; `--dry-run` at first shows it. */
export async function runWrangler(args: readonly string[], place: Place): Promise<void> {
  const isDry = args[0] === '--dry-run';
  const { wrangler, deployment } = await prepare(isDry, place);
  wrangler.run([...(isDry ? args.slice(1) : args), '--config', deployment.file]);
}

async function prepare(isDry: boolean, { root, env, print }: Place) {
  const deployment = await loadDeployment(root);
  if (!isDry) deployment.save();
  return { deployment, wrangler: isDry ? dryWrangler(print) : realWrangler(root, env) };
}
