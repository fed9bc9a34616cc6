import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_STACK, nameFor } from '../local/stack-setting.ts';
import type { Wrangler } from './wrangler.ts';

/** A secret that the deployment lacks. */
export type NewSecret = {
  name: string;
  /** Undefined where only the operator knows it, and has not said it. */
  value: string | undefined;
  /** Made here, so that nobody else knows it yet. */
  isMade: boolean;
};

/** What a stack has of its own; the default one's SECRET_KEY is every stack's. */
const OWN = ['D360_API_KEY', 'WEBHOOK_TOKEN', 'ADMIN_USERNAME', 'ADMIN_PASSWORD'];

const MAKERS: Readonly<Record<string, () => string>> = {
  SECRET_KEY: () => random(32),
  WEBHOOK_TOKEN: () => random(24),
  ADMIN_USERNAME: () => 'admin',
  ADMIN_PASSWORD: () => random(12),
};

/**
 * Which secrets of these stacks are not among `existing`: each from the environment under its own name, else
 * made. What a deployment has is never replaced.
 */
export function newSecrets(
  stacks: readonly string[],
  existing: ReadonlySet<string>,
  env: Readonly<Record<string, string | undefined>>,
): NewSecret[] {
  const names = stacks.flatMap((stack) =>
    [...(stack === DEFAULT_STACK ? ['SECRET_KEY'] : []), ...OWN].map((own) => ({
      name: nameFor(stack, own),
      own,
    })),
  );
  return names
    .filter(({ name }) => !existing.has(name))
    .map(({ name, own }) => {
      const given = env[name] || undefined;
      return { name, value: given ?? MAKERS[own]?.(), isMade: given === undefined };
    });
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** How wrangler says that there is no such Worker (Cloudflare's code 10007). */
const NO_WORKER = /not found|does not exist|10007|10090/i;

/**
 * Reads which secrets the deployed Worker has; none where there is no Worker yet. Any other failure ends the
 * script: a SECRET_KEY made anew could read nothing of what the old one sealed.
 */
export function existingSecrets(wrangler: Wrangler, file: string): ReadonlySet<string> {
  const ask = ['secret', 'list', '--format', 'json', '--config', file];
  const listed = wrangler.tryRead(ask, NO_WORKER);
  const list: { name: string }[] = listed === undefined || listed === '' ? [] : JSON.parse(listed);
  return new Set(list.map(({ name }) => name));
}

/** The names of a further stack's own settings among the secrets. */
export function ownSecretNames(stack: string, existing: ReadonlySet<string>): string[] {
  return [...existing].filter((name) => name.startsWith(nameFor(stack, '')));
}

/**
 * Calls `use` with wrangler's arguments for secrets that are to go with a deployment: they and the code are there
 * at one moment. They are in a file that only this user may read, for as long as `use` takes.
 */
export function withSecretsFile<Result>(
  secrets: readonly NewSecret[],
  isDry: boolean,
  use: (args: readonly string[]) => Result,
): Result {
  const values = secrets.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
  if (values.length === 0) return use([]);
  if (isDry) return use(['--secrets-file', 'secrets.json']);
  const dir = mkdtempSync(join(tmpdir(), 'waypost-'));
  try {
    const path = join(dir, 'secrets.json');
    // JSON, for in the other format wrangler would read "$" as the beginning of a variable.
    writeFileSync(path, JSON.stringify(Object.fromEntries(values)), { mode: 0o600 });
    return use(['--secrets-file', path]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
