import { csrfCookie } from '../auth/cookies.ts';
import { csrfTokenOf, newCsrfToken } from '../auth/csrf.ts';
import type { CookieContext } from './console-env.ts';

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
