import type { Env, StackObject } from '../../src/bindings.ts';
import { wrapCalls, wrappedEnv, type BucketMethod } from '../../test/chaos/worker/wrapped-env.ts';
import { count, countStatements } from './tallies.ts';

/** An operation of a queue is one per message and so many bytes of it (Queues, "Pricing"). */
const QUEUE_UNIT_BYTES = 64_000;

const made = new WeakMap<Env, Env>();

/** The Worker's bindings with all that they are used for counted; one per environment. */
export function meteredEnv(env: Env): Env {
  const known = made.get(env) ?? {
    ...wrappedEnv(env, {
      statements: async (texts, call) => {
        const results = await call();
        countStatements(texts, results);
        return results;
      },
      bucket: (method, call) => {
        countBucket(method);
        return call();
      },
      queue: (bodies, call) => {
        for (const body of bodies) count({ queueOperations: queueUnits(body) });
        return call();
      },
    }),
    STACK: meteredObjects(env.STACK),
  };
  made.set(env, known);
  return known;
}

/** A batch whose messages are counted as read, and as deleted when they are acknowledged. */
export function meteredBatch<Body>(batch: MessageBatch<Body>): MessageBatch<Body> {
  const messages = batch.messages.map(meteredMessage);
  return new Proxy(batch, {
    get: (target, name) => {
      if (name === 'messages') return messages;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

/** Sees to it that each setting of an object's alarm, and each row of its own, is counted. */
export function meterStorage(storage: DurableObjectStorage): void {
  const setAlarm = storage.setAlarm.bind(storage);
  storage.setAlarm = (at, options) => {
    count({ alarmsSet: 1 });
    return setAlarm(at, options);
  };
  const put: unknown = Reflect.get(storage, 'put');
  if (typeof put !== 'function') throw new Error('An object has no storage to write to.');
  Object.assign(storage, {
    put: (...args: unknown[]): unknown => {
      count({ objectRowsWritten: 1 });
      return Reflect.apply(put, storage, args);
    },
  });
}

function meteredMessage<Body>(message: Message<Body>): Message<Body> {
  const units = queueUnits(message.body);
  count({ queueOperations: units });
  return new Proxy(message, {
    get: (target, name) => {
      if (name === 'ack') {
        return () => {
          count({ queueOperations: units });
          target.ack();
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

function queueUnits(body: unknown): number {
  return Math.ceil(JSON.stringify(body).length / QUEUE_UNIT_BYTES);
}

/** Removing is free. */
function countBucket(method: BucketMethod): void {
  if (method === 'put' || method === 'list') count({ bucketWrites: 1 });
  if (method === 'get' || method === 'head') count({ bucketReads: 1 });
}

/** Each call of a method is a request. */
function meteredObjects(
  objects: DurableObjectNamespace<StackObject>,
): DurableObjectNamespace<StackObject> {
  return new Proxy(objects, {
    get: (target, name) => {
      if (name === 'getByName') {
        return (object: string) =>
          wrapCalls(target.getByName(object), (_method, _args, call) => {
            count({ objectRequests: 1 });
            return call();
          });
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
