import type { Next } from 'hono';
import { csrfCookie } from '../auth/cookies.ts';
import { csrfTokenOf, newCsrfToken } from '../auth/csrf.ts';
import type { ConsoleContext, CookieContext } from './console-env.ts';

/** Returns the browser's CSRF token, for a form to repeat, and sets its cookie (spec: Session). */
export function giveCsrfToken(c: CookieContext): string {
  const token = csrfTokenOf(c.req.raw) ?? newCsrfToken();
  c.header('Set-Cookie', csrfCookie(c.var.stack.config, c.req.raw, token), { append: true });
  return token;
}

/** Sets another CSRF token: who signs in does not go on with one that was known before. */
export function renewCsrfToken(c: CookieContext): void {
  c.header('Set-Cookie', csrfCookie(c.var.stack.config, c.req.raw, newCsrfToken()), {
    append: true,
  });
}

/** The front page is a file; each accessible page gives a CSRF token (spec: Session). */
export async function frontPageToken(c: ConsoleContext, next: Next): Promise<void> {
  await next();
  if (c.res.headers.get('content-type')?.startsWith('text/html') !== true) return;
  giveCsrfToken(c);
  // What one browser's token is in must not be another's.
  c.header('Cache-Control', 'private, no-cache');
}
