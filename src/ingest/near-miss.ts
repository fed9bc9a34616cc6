import type { MiddlewareHandler } from 'hono';
import { WEBHOOK_PATH } from '../waba/webhook-path.ts';
import type { WabaEnv } from './waba-routes.ts';

/**
 * Answers what was meant for ingest and has missed it with where that is: a POST that nothing else takes, and
 * Meta's challenge. Comes after all other routes.
 */
export const nearMiss: MiddlewareHandler<WabaEnv> = async function nearMiss(c, next) {
  const isChallenge = c.req.method === 'GET' && c.req.query('hub.mode') !== undefined;
  if (c.req.method !== 'POST' && !isChallenge) return next();
  const base = c.var.stack.config.publicUrl ?? new URL(c.req.url).origin;
  return c.json({ detail: `Not found. WhatsApp's webhook is ${base}${WEBHOOK_PATH}.` }, 404);
};
