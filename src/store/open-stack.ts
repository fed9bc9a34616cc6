import type { Env } from '../bindings.ts';
import { databaseOf, missingBindings, readStackConfig, type StackConfig } from '../config.ts';
import { Database } from './database.ts';
import { Files } from './files.ts';

/** What every room works on: one stack's settings, rows and files. */
export interface StackContext {
  config: StackConfig;
  db: Database;
  files: Files;
}

/** Settings do not change while an isolate lives, so each stack is checked once per isolate. */
const opened = new WeakMap<Env, Map<string, StackContext>>();

/**
 * Opens a stack by name. Throws `not_found` where no such stack is configured, and `misconfigured` naming
 * the settings and bindings that are missing or wrong.
 */
export function openStack(env: Env, name: string): StackContext {
  const stacks = opened.get(env) ?? new Map<string, StackContext>();
  opened.set(env, stacks);
  const known = stacks.get(name);
  if (known !== undefined) return known;
  const db = new Database(databaseOf(env, name));
  const config = readStackConfig(env, name, missingBindings(env));
  const context = { config, db, files: new Files(env.BUCKET, name) };
  stacks.set(name, context);
  return context;
}
