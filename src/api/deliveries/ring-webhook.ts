import type { Context } from 'hono';
import { logError } from '../../log.ts';
import type { ApiEnv } from '../api-env.ts';

/** Rings for a webhook with due deliveries. The Stack object finds them by itself where this is lost. */
export function ringWebhook(c: Context<ApiEnv>, webhook: number): void {
  const { bells, stack } = c.var;
  const rung = bells.webhooks([webhook]).catch((error: unknown) => {
    logError('webhook_bell_failed', error, { stack: stack.config.name, webhook });
  });
  c.executionCtx.waitUntil(rung);
}
