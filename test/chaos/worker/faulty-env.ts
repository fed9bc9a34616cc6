import type { Env } from '../../../src/config.ts';
import { faultyDatabase } from './faulty-database.ts';
import type { Guard } from './guard.ts';

const BUCKET_READS = ['get', 'head', 'list'];
const BUCKET_WRITES = ['put', 'delete'];
const QUEUE_WRITES = ['send', 'sendBatch'];
const QUEUES: ReadonlySet<string> = new Set(['EVENTS', 'DUE', 'MEDIA']);

const made = new WeakMap<Env, Env>();

/** The Worker's bindings with a guard around every call to D1, R2 and the queues; one per environment. */
export function faultyEnv(env: Env, guard: Guard): Env {
  const known = made.get(env) ?? Object.assign({}, env, guarded(env, guard));
  made.set(env, known);
  return known;
}

function guarded(env: Env, guard: Guard): Record<string, unknown> {
  const entries = Object.entries(env).map(([name, value]): [string, unknown] => {
    if (name === 'DB' || name.endsWith('__DB')) return [name, faultyDatabase(value, guard)];
    if (name === 'BUCKET') {
      const reading = guardCalls(env.BUCKET, BUCKET_READS, (call) => guard('storage', true, call));
      return [name, guardCalls(reading, BUCKET_WRITES, (call) => guard('storage', false, call))];
    }
    if (QUEUES.has(name)) {
      return [name, guardCalls(value, QUEUE_WRITES, (call) => guard('queues', false, call))];
    }
    return [name, value];
  });
  return Object.fromEntries(entries);
}

/** The same thing, with some of its methods called through `around`. */
function guardCalls<Service extends object>(
  service: Service,
  names: readonly string[],
  around: (call: () => Promise<unknown>) => Promise<unknown>,
): Service {
  return new Proxy(service, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (!names.includes(String(name))) return member.bind(target);
      return (...args: unknown[]) => around(async () => member.apply(target, args));
    },
  });
}
