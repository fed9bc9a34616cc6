import type { Context, Next } from 'hono';
import { cors } from 'hono/cors';
import type { ApiEnv } from './api-env.ts';

/** A browser asks before each call unless it may remember the answer; two hours is Chrome's most. */
const MAX_AGE_SECONDS = 7_200;

const shared = cors({
  origin: (origin, c: Context<ApiEnv>) => {
    const allowed = c.var.stack.config.corsOrigins;
    return allowed.includes('*') || allowed.includes(origin) ? origin : null;
  },
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'range', 'x-request-id'],
  exposeHeaders: ['Content-Disposition', 'Content-Range', 'ETag', 'Retry-After', 'X-Request-Id'],
  maxAge: MAX_AGE_SECONDS,
});

/**
 * Lets the pages of the origins that CORS_ORIGINS names call the API with a token. Never with cookies:
 * a browser that sends them along gets no answer to read.
 */
export async function crossOrigin(c: Context<ApiEnv>, next: Next): Promise<Response | void> {
  if (c.var.stack.config.corsOrigins.length === 0) return next();
  // Also without `Origin`: `Vary` keeps a cached answer from being taken for one with these headers.
  return shared(c, next);
}
