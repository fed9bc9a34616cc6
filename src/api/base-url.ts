import type { Context } from 'hono';
import type { ApiEnv } from './api-env.ts';

/** Returns the `https://host` that this request was sent to: what links in its answer begin with. */
export function baseUrlOf(c: Context): string {
  return new URL(c.req.url).origin;
}

/**
 * Returns what links begin with that are read elsewhere, in events and in e-mails, where the name that
 * this request was sent to may not be known.
 */
export function lastingBaseUrlOf(c: Context<ApiEnv>): string {
  return c.var.stack.config.publicUrl ?? baseUrlOf(c);
}
