import type { Context, Next } from 'hono';
import { authenticate, type Caller } from '../auth/authenticate.ts';
import { clientAddress } from '../auth/client-address.ts';
import { csrfCookie } from '../auth/cookies.ts';
import { csrfTokenOf, isSafe, newCsrfToken } from '../auth/csrf.ts';
import { assertRate } from '../auth/rate-limit.ts';
import type { User } from '../auth/user.ts';
import { WaypostError } from '../error.ts';
import type { ApiEnv } from './api-env.ts';

/**
 * Lets only users pass and says who it is. Throws `unauthenticated` for anyone else, `forbidden` for a
 * browser that would change something without its CSRF token, and `throttled` for who guesses tokens.
 */
export async function signedIn(c: Context<ApiEnv>, next: Next): Promise<void> {
  const known: User | undefined = c.get('user');
  // Another surface has asked already.
  if (known !== undefined) return next();
  const caller = await callerOf(c);
  if (caller === undefined) {
    throw new WaypostError('unauthenticated', 'Authentication credentials were not provided.');
  }
  c.set('user', caller.user);
  c.set('hasSession', caller.hasSession);
  if (caller.hasSession) giveCsrfToken(c);
  await next();
}

async function callerOf(c: Context<ApiEnv>): Promise<Caller | undefined> {
  try {
    return await authenticate(c.var.stack, c.req.raw);
  } catch (error) {
    // Only a wrong token counts: a right one works, whoever else guesses from the same address.
    if (error instanceof WaypostError && error.code === 'unauthenticated') {
      await assertRate(c.env.LOGIN_LIMIT, 'token', clientAddress(c.req.raw.headers));
    }
    throw error;
  }
}

/** A session may outlive its CSRF token in the browser; the next GET brings another. */
function giveCsrfToken(c: Context<ApiEnv>): void {
  if (!isSafe(c.req.raw) || csrfTokenOf(c.req.raw) !== undefined) return;
  c.header('Set-Cookie', csrfCookie(c.var.stack.config, c.req.raw, newCsrfToken()), {
    append: true,
  });
}

/** Lets an address try to sign in only so often. Throws `throttled`. */
export async function limitedRate(c: Context<ApiEnv>, next: Next): Promise<void> {
  await assertRate(c.env.LOGIN_LIMIT, 'login', clientAddress(c.req.raw.headers));
  await next();
}
