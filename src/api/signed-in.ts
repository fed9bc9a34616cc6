import type { Context, Next } from 'hono';
import { authenticate } from '../auth/authenticate.ts';
import { WaypostError } from '../error.ts';
import type { ApiEnv } from './api-env.ts';

/** Lets only users pass and says who it is. Throws `unauthenticated` for anyone else. */
export async function signedIn(c: Context<ApiEnv>, next: Next): Promise<void> {
  const user = await authenticate(c.var.stack, c.req.raw.headers);
  if (user === undefined) {
    throw new WaypostError('unauthenticated', 'Authentication credentials were not provided.');
  }
  c.set('user', user);
  await next();
}
