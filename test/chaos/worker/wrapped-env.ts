import type { Env } from '../../../src/bindings.ts';
import { wrappedDatabase, type AroundStatements } from './wrapped-database.ts';

/** What makes the calls to the platform's services in the place of the Worker. */
export interface AroundServices {
  statements: AroundStatements;
  bucket<Result>(method: BucketMethod, call: () => Promise<Result>): Promise<Result>;
  /** `bodies` are those of the messages. */
  queue<Result>(bodies: readonly unknown[], call: () => Promise<Result>): Promise<Result>;
}

const BUCKET_METHODS = ['get', 'head', 'list', 'put', 'delete'] as const;
export type BucketMethod = (typeof BUCKET_METHODS)[number];

const QUEUES: ReadonlySet<string> = new Set(['EVENTS', 'DUE', 'MEDIA']);

/** The Worker's bindings with all calls to D1, R2 and the queues made by `around`. */
export function wrappedEnv(env: Env, around: AroundServices): Env {
  const entries = Object.entries(env).map(([name, value]): [string, unknown] => {
    if (name === 'DB' || name.endsWith('__DB')) {
      return [name, wrappedDatabase(value, (texts, call) => around.statements(texts, call))];
    }
    if (name === 'BUCKET') return [name, wrappedBucket(env.BUCKET, around)];
    if (QUEUES.has(name)) return [name, wrappedQueue(value, around)];
    return [name, value];
  });
  return Object.assign({}, env, Object.fromEntries(entries));
}

function wrappedBucket(bucket: R2Bucket, around: AroundServices): R2Bucket {
  return wrapCalls(bucket, (name, _args, call) => {
    const method = BUCKET_METHODS.find((known) => known === name);
    return method === undefined ? call() : around.bucket(method, call);
  });
}

function wrappedQueue(queue: Queue, around: AroundServices): Queue {
  return wrapCalls(queue, (name, args, call) => {
    if (name !== 'send' && name !== 'sendBatch') return call();
    return around.queue(bodiesOf(args[0], name), call);
  });
}

function bodiesOf(sent: unknown, method: 'send' | 'sendBatch'): unknown[] {
  if (method === 'send' || !Array.isArray(sent)) return [sent];
  return sent.map((message: { body: unknown }) => message.body);
}

/** The same thing, with its methods called through `around`. */
export function wrapCalls<Service extends object>(
  service: Service,
  around: (name: string, args: readonly unknown[], call: () => Promise<unknown>) => unknown,
): Service {
  return new Proxy(service, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return (...args: unknown[]) =>
        around(name, args, async (): Promise<unknown> => Reflect.apply(member, target, args));
    },
  });
}
