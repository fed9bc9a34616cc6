// The product's Worker with all that Cloudflare would bill counted, over routes that the product lacks.
import type { Env, QueueMessage } from '../../src/bindings.ts';
import worker, { Stack as ProductStack, WabaSender as ProductSender } from '../../src/index.ts';
import { keepHouse } from '../../src/upkeep/housekeeping.ts';
import type { SendJob, SendResult } from '../../src/stack/outbox/send-job.ts';
import { openStack } from '../../src/store/open-stack.ts';
import { meteredBatch, meteredEnv, meterStorage } from './metered-env.ts';
import { count, metered, meterReport, resetMeter } from './tallies.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The stack's object. */
export class Stack extends ProductStack {
  constructor(ctx: DurableObjectState, env: Env) {
    meterStorage(ctx.storage);
    super(ctx, meteredEnv(env));
  }

  override alarm(): Promise<void> {
    return metered('alarm', () => {
      count({ objectRequests: 1 });
      return super.alarm();
    });
  }
}

/** Sends one message, in an invocation of its own, which costs no request. */
export class WabaSender extends ProductSender {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, meteredEnv(env));
  }

  override send(job: SendJob): Promise<SendResult> {
    return metered('sender', () => super.send(job));
  }
}

export default {
  fetch: async (request, env, ctx) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/__meter') return readMeter(request);
    if (pathname === '/__prune') return prune(env, Number(searchParams.get('days')));
    if (pathname === '/__sweep') return sweep(env);
    return metered('request', () => {
      count({ workerRequests: 1 });
      return worker.fetch(request, meteredEnv(env), ctx);
    });
  },
  queue: (batch, env, ctx) =>
    metered(batch.queue, () => {
      count({ workerRequests: 1 });
      return worker.queue(meteredBatch(batch), meteredEnv(env), ctx);
    }),
} satisfies ExportedHandler<Env, QueueMessage>;

/** What was counted so far; a `POST` begins anew. */
function readMeter(request: Request): Response {
  if (request.method === 'POST') resetMeter();
  return Response.json(meterReport());
}

/** Removes what will be too old in some days, as the alarm then would. */
async function prune(env: Env, days: number): Promise<Response> {
  const stack = openStack(meteredEnv(env), 'default');
  await metered('pruning', async () => {
    while (await keepHouse(stack, Date.now() + days * DAY_MS, false));
  });
  return new Response(null, { status: 204 });
}

/** Has the alarm ring now; that it is asked to is not counted, but for the setting. */
async function sweep(env: Env): Promise<Response> {
  await env.STACK.getByName('default').reportDue(Date.now());
  return new Response(null, { status: 204 });
}
