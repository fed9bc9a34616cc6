import type { Context, MiddlewareHandler, Next } from 'hono';
import type { ApiEnv } from './api/api-env.ts';
import type { Env } from './bindings.ts';
import { deliverAtOnce } from './delivery/deliver-at-once.ts';
import { WaypostError } from './error.ts';
import type { Bells } from './inbox/bells.ts';
import { logError } from './log.ts';
import { deliveryBells, doorbells } from './stack/doorbells.ts';
import { stackOfHost } from './stack/stack-of-host.ts';
import { openStack, type StackContext } from './store/open-stack.ts';
import type { WebhookDialects } from './webhooks/dialect.ts';

/** Stacks whose object this isolate has woken. */
const woken = new WeakSet<StackContext>();

/**
 * Finds out which stack a request is for, opens it, and wakes its object once per isolate: after a
 * restart that is what starts the clock again. Hands down the dialects. 404 where no such stack is configured.
 */
export function stackOfRequest(dialects: WebhookDialects): MiddlewareHandler<ApiEnv> {
  return (c, next) => openStackOf(c, next, dialects);
}

async function openStackOf(
  c: Context<ApiEnv>,
  next: Next,
  dialects: WebhookDialects,
): Promise<Response | void> {
  const name = stackOfHost(new URL(c.req.url).hostname, publicUrlOf(c.env));
  const stack = openConfigured(c.env, name);
  if (stack === undefined) return c.json({ detail: 'No such stack.' }, 404);
  c.set('stack', stack);
  c.set('bells', bellsOf(c, stack, dialects));
  c.set('dialects', dialects);
  c.set('together', (call) => c.env.STACK.getByName(name).record(call));
  if (!woken.has(stack)) {
    woken.add(stack);
    c.executionCtx.waitUntil(wake(c.env, stack));
  }
  await next();
}

/** The request that writes events delivers them; its answer does not wait for that. */
function bellsOf(c: Context<ApiEnv>, stack: StackContext, dialects: WebhookDialects): Bells {
  const { name } = stack.config;
  const deps = { ...deliveryBells(c.env), dialects };
  return {
    ...doorbells(c.env, name),
    events: async (seqs) => {
      c.executionCtx.waitUntil(deliverAtOnce(seqs, stack, c.executionCtx, deps));
      await c.env.STACK.getByName(name).ring();
    },
  };
}

function publicUrlOf(env: Env): string | undefined {
  const url: unknown = Reflect.get(env, 'PUBLIC_URL');
  return typeof url === 'string' && url !== '' ? url : undefined;
}

function openConfigured(env: Env, name: string): StackContext | undefined {
  try {
    return openStack(env, name);
  } catch (error) {
    if (error instanceof WaypostError && error.code === 'not_found') return undefined;
    throw error;
  }
}

async function wake(env: Env, stack: StackContext): Promise<void> {
  try {
    await env.STACK.getByName(stack.config.name).wake();
  } catch (error) {
    woken.delete(stack);
    logError('wake_failed', error, { stack: stack.config.name });
  }
}
