import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DEFAULT_STACK, nameFor } from '../local/stack-setting.ts';
import { readOperator, type Operator } from './operator-file.ts';

/** What no fork touches. */
const TEMPLATE = 'wrangler.toml';

/** What wrangler is given: made anew by every command, and in no commit. */
const GENERATED = 'waypost.wrangler.json';

/** In the template for Cloudflare's deploy button, which puts the id of the database it made there. */
const NO_DATABASE_ID = '00000000-0000-0000-0000-000000000000';

const TEMPLATE_NAME = 'waypost';

const database = z.looseObject({
  binding: z.string(),
  database_name: z.string().optional(),
  database_id: z.string().optional(),
});
const named = z.looseObject({ queue: z.string(), dead_letter_queue: z.string().optional() });

/** The keys of the template that an operator's file changes. */
const template = z.looseObject({
  name: z.string(),
  vars: z.record(z.string(), z.unknown()),
  d1_databases: z.array(database).min(1),
  r2_buckets: z.array(z.looseObject({ bucket_name: z.string() })),
  queues: z.looseObject({ producers: z.array(named), consumers: z.array(named) }),
  ratelimits: z.array(z.looseObject({ namespace_id: z.string() })),
});

/** Wrangler's configuration of a deployment. */
export type DeploymentConfig = z.infer<typeof template>;

/** Merges an operator's own settings over the template (wrangler.toml as wrangler reads it). */
function deploymentConfig(raw: unknown, operator: Operator | undefined): DeploymentConfig {
  const config = template.parse(raw);
  const databases = config.d1_databases.map(withoutPlaceholder);
  if (operator === undefined) return { ...config, d1_databases: databases };
  const { name } = operator;
  return {
    ...config,
    name,
    ...(operator.account_id === undefined ? {} : { account_id: operator.account_id }),
    ...routesOf(operator),
    vars: { ...config.vars, ...varsOf(operator) },
    d1_databases: databasesOf(operator, databases),
    r2_buckets: config.r2_buckets.map((bucket) => ({
      ...bucket,
      bucket_name: renamed(bucket.bucket_name, name),
    })),
    queues: {
      ...config.queues,
      producers: config.queues.producers.map((queue) => renamedQueue(queue, name)),
      consumers: config.queues.consumers.map((queue) => renamedQueue(queue, name)),
    },
    ratelimits: config.ratelimits.map((limit) => ({
      ...limit,
      namespace_id: namespaceFor(name, limit.namespace_id),
    })),
    ...operator.wrangler,
  };
}

/** The database's name is enough: wrangler looks its id up. */
function withoutPlaceholder(one: z.infer<typeof database>): z.infer<typeof database> {
  if (one.database_id !== NO_DATABASE_ID) return one;
  const { database_id: _placeholder, ...rest } = one;
  return rest;
}

function routesOf({ stacks }: Operator): { routes?: object[] } {
  const hosts = Object.values(stacks).flatMap(({ host }) => host ?? []);
  if (hosts.length === 0) return {};
  const patterns = hosts.flatMap((host) => [host, `websockets-${host}`]);
  return { routes: patterns.map((pattern) => ({ pattern, custom_domain: true })) };
}

function varsOf({ vars, stacks }: Operator): Record<string, string> {
  const own = Object.entries(stacks).flatMap(
    ([stack, { host, public_url: publicUrl, vars: of }]) => {
      const url = publicUrl ?? (host === undefined ? undefined : `https://${host}`);
      const all = url === undefined ? of : { PUBLIC_URL: url, ...of };
      return Object.entries(all).map(([key, value]) => [nameFor(stack, key), value]);
    },
  );
  return { ...vars, ...Object.fromEntries(own) };
}

function databasesOf(
  { name, stacks }: Operator,
  [first]: readonly z.infer<typeof database>[],
): DeploymentConfig['d1_databases'] {
  return Object.entries(stacks).map(([stack, { database_id: id }]) => ({
    ...first,
    binding: nameFor(stack, 'DB'),
    database_name: databaseName(name, stack),
    ...(id === undefined ? {} : { database_id: id }),
    ...(stack === DEFAULT_STACK ? {} : { preview_database_id: nameFor(stack, 'DB') }),
  }));
}

/** The account's name for the database of a stack. */
export function databaseName(name: string, stack: string): string {
  return stack === DEFAULT_STACK ? name : `${name}-${stack}`;
}

function renamedQueue<Queue extends z.infer<typeof named>>(queue: Queue, name: string): Queue {
  const { dead_letter_queue: dead } = queue;
  const renamedDead = dead === undefined ? {} : { dead_letter_queue: renamed(dead, name) };
  return { ...queue, queue: renamed(queue.queue, name), ...renamedDead };
}

/** What the template calls `waypost-events` is another deployment's `mine-events`: an account has one of each name. */
function renamed(text: string, name: string): string {
  return text.replace(new RegExp(`^${TEMPLATE_NAME}(?=-|$)`), name);
}

/** Deployments that shared a number would count as one. */
function namespaceFor(name: string, ofTemplate: string): string {
  if (name === TEMPLATE_NAME) return ofTemplate;
  return String(createHash('sha256').update(name).digest().readUInt32BE() >>> 1);
}

/**
 * Reads template and operator's file in the repository's folder; returns the configuration and the name of the
 * file that wrangler is to be given with it. `save` writes that file.
 */
export async function loadDeployment(
  root: string,
  operator: Operator | undefined = readOperator(root),
): Promise<{ config: DeploymentConfig; file: string; save(): void }> {
  const { experimental_readRawConfig: readRawConfig } = await import('wrangler');
  const { rawConfig } = readRawConfig({ config: join(root, TEMPLATE) });
  const config = deploymentConfig(rawConfig, operator);
  const save = (): void => {
    writeFileSync(join(root, GENERATED), `${JSON.stringify(config, null, 2)}\n`);
  };
  return { config, file: GENERATED, save };
}
