import type { Context, Next } from 'hono';
import { clientAddress } from '../auth/client-address.ts';
import { assertRate } from '../auth/rate-limit.ts';
import type { ApiEnv } from './api-env.ts';

/** Lets an address try to sign in only so often. Throws `throttled`. */
export async function limitedRate(c: Context<ApiEnv>, next: Next): Promise<void> {
  await assertRate(c.env.LOGIN_LIMIT, 'login', clientAddress(c.req.raw.headers));
  await next();
}
