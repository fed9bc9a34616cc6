import type { Context, Next } from 'hono';
import type { ApiEnv } from './api-env.ts';

/**
 * Keeps answers out of every cache: they are for whoever asked, and some hold credentials (a webhook's
 * headers). What says otherwise by itself, as a file does, stays as it is.
 */
export async function privateAnswers(c: Context<ApiEnv>, next: Next): Promise<void> {
  await next();
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
}
