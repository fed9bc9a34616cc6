import type { Context, MiddlewareHandler, Next } from 'hono';
import type { ApiEnv } from './api/api-env.ts';
import type { Env } from './bindings.ts';
import { DEFAULT_STACK } from './config.ts';
import { answerMisconfigured } from './console/misconfigured-page.ts';
import { deliverAtOnce } from './delivery/deliver-at-once.ts';
import { WaypostError } from './error.ts';
import type { Bells } from './inbox/bells.ts';
import { log, logError } from './log.ts';
import { deliveryBells, doorbells } from './stack/doorbells.ts';
import { stackOfHost } from './stack/stack-of-host.ts';
import { openStack, type StackContext } from './store/open-stack.ts';
import { settingWarnings } from './watch/setting-warnings.ts';
import type { WebhookDialects } from './webhooks/dialect.ts';

/** Stacks whose object this isolate has woken. */
const woken = new WeakSet<StackContext>();

/** Stacks whose wrong settings this isolate has logged. */
const told = new Set<string>();

/**
 * Finds out which stack a request is for, opens it, and wakes its object once per isolate: after a
 * restart that is what starts the clock again. Hands down the dialects. 404 where no such stack is configured,
 * 503 where its settings are wrong.
 */
export function stackOfRequest(dialects: WebhookDialects): MiddlewareHandler<ApiEnv> {
  return (c, next) => openStackOf(c, next, dialects);
}

async function openStackOf(
  c: Context<ApiEnv>,
  next: Next,
  dialects: WebhookDialects,
): Promise<Response | void> {
  const publicUrl = publicUrlOf(c.env);
  const name = stackOfHost(new URL(c.req.url).hostname, publicUrl);
  const stack = openConfigured(c.env, name, publicUrl);
  if (stack === undefined) return c.json({ detail: noSuchStack(publicUrl) }, 404);
  if (stack instanceof WaypostError) {
    if (!told.has(name)) logError('misconfigured', stack, { stack: name });
    told.add(name);
    return answerMisconfigured(c, name, stack);
  }
  c.set('stack', stack);
  c.set('bells', bellsOf(c, stack, dialects));
  c.set('dialects', dialects);
  c.set('together', (call) => c.env.STACK.getByName(name).record(call));
  if (!woken.has(stack)) {
    woken.add(stack);
    for (const warning of settingWarnings(stack.config))
      log('setting_missing', { stack: name, warning });
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

/** An error names the settings that are wrong; undefined means that no such stack is configured. */
function openConfigured(
  env: Env,
  name: string,
  publicUrl: string | undefined,
): StackContext | WaypostError | undefined {
  try {
    return openStack(env, name);
  } catch (error) {
    if (!(error instanceof WaypostError)) throw error;
    if (error.code === 'misconfigured') return error;
    if (error.code !== 'not_found') throw error;
    // A PUBLIC_URL that is none may have been meant for this very host: the default stack says so.
    if (publicUrl === undefined || URL.canParse(publicUrl)) return undefined;
    return openConfigured(env, DEFAULT_STACK, undefined);
  }
}

/** Whoever has set up a host of their own and nothing else sees this first. */
function noSuchStack(publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return 'No such stack.';
  return "No such stack. If this is the default stack's host, set PUBLIC_URL to its address.";
}

async function wake(env: Env, stack: StackContext): Promise<void> {
  try {
    await env.STACK.getByName(stack.config.name).wake();
  } catch (error) {
    woken.delete(stack);
    logError('wake_failed', error, { stack: stack.config.name });
  }
}
