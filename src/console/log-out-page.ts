import { noSessionCookie } from '../auth/cookies.ts';
import { assertCsrf } from '../auth/csrf.ts';
import { endSession } from '../auth/session.ts';
import type { ConsoleContext } from './console-env.ts';
import { keepPrivate } from './page.ts';

/** Signs this browser out. Throws `forbidden` without a CSRF token. */
export async function logOutByForm(c: ConsoleContext): Promise<Response> {
  await assertCsrf(c.var.stack.config, c.req.raw);
  await endSession(c.var.stack, c.req.raw);
  c.header('Set-Cookie', noSessionCookie(c.var.stack.config, c.req.raw), { append: true });
  keepPrivate(c);
  return c.redirect('/login/', 302);
}
