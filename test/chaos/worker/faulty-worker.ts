// The product's Worker on services that fail as a test orders, over a route that the product lacks.
import type { Env, QueueMessage } from '../../../src/bindings.ts';
import worker, { Stack as ProductStack, WabaSender as ProductSender } from '../../../src/index.ts';
import type { SendJob, SendResult } from '../../../src/stack/outbox/send-job.ts';
import { connected, invoke, mostConnections } from './connections.ts';
import { changeFaults, faultReport, type FaultSettings } from './faults.ts';
import { faultyEnv } from './faulty-env.ts';
import { guardFor } from './guard.ts';

const realFetch = globalThis.fetch;
globalThis.fetch = (input: RequestInfo | URL, init?: RequestInit) =>
  connected(() => realFetch(input, init));

const guard = guardFor();

/** The stack's object. All that it does shares one count: it is one, and lives through many invocations. */
export class Stack extends ProductStack {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faultyEnv({ ...env }, guardFor({ kind: 'object', open: 0 })));
  }
}

/** Sends one message, in an invocation of its own. */
export class WabaSender extends ProductSender {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, faultyEnv(env, guard));
  }

  override send(job: SendJob): Promise<SendResult> {
    return invoke('sender', () => super.send(job));
  }
}

export default {
  fetch: async (request, env, ctx) => {
    if (new URL(request.url).pathname === '/__faults') return controlFaults(request);
    return invoke('request', () => worker.fetch(request, faultyEnv(env, guard), ctx));
  },
  queue: (batch, env, ctx) =>
    invoke(batch.queue, () => worker.queue(batch, faultyEnv(env, guard), ctx)),
} satisfies ExportedHandler<Env, QueueMessage>;

/** `POST` with `{rate, storageDown, queuesDown}` changes what goes wrong; any answer says what did so far. */
async function controlFaults(request: Request): Promise<Response> {
  if (request.method === 'POST') changeFaults(await request.json<Partial<FaultSettings>>());
  return Response.json({ ...faultReport(), connections: mostConnections() });
}
