import type { Env } from '../../../src/bindings.ts';
import type { Guard } from './guard.ts';
import { wrappedEnv } from './wrapped-env.ts';

const READS = /^\s*(?:select|with\b(?!.*\b(?:insert|update|delete)\b))/is;
const BUCKET_WRITES: ReadonlySet<string> = new Set(['put', 'delete']);

const made = new WeakMap<Env, Env>();

/** The Worker's bindings with a guard around every call to D1, R2 and the queues; one per environment. */
export function faultyEnv(env: Env, guard: Guard): Env {
  const known =
    made.get(env) ??
    wrappedEnv(env, {
      statements: (texts, call) =>
        guard(
          'storage',
          texts.every((text) => READS.test(text)),
          call,
        ),
      bucket: (method, call) => guard('storage', !BUCKET_WRITES.has(method), call),
      queue: (_bodies, call) => guard('queues', false, call),
    });
  made.set(env, known);
  return known;
}
