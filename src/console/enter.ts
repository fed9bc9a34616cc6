import { sessionCookie } from '../auth/cookies.ts';
import { endSession, startSession } from '../auth/session.ts';
import type { CookieContext } from './console-env.ts';
import { renewCsrfToken } from './csrf-token.ts';
import { keepPrivate } from './page.ts';

/**
 * Signs this browser in as a user, under a session and a CSRF token that nobody can have known before,
 * and sends it on to `path` of ours.
 */
export async function enter(c: CookieContext, userId: number, path: string): Promise<Response> {
  await endSession(c.var.stack, c.req.raw);
  const id = await startSession(c.var.stack, userId);
  renewCsrfToken(c);
  c.header('Set-Cookie', sessionCookie(c.var.stack.config, c.req.raw, id), { append: true });
  keepPrivate(c);
  // The address that is left may hold a token: not even our own next page is told of it.
  c.header('Referrer-Policy', 'no-referrer');
  return c.redirect(path, 302);
}

/**
 * Whether a request only looks at an address: a mail scanner, a chat's preview, a browser that fetches
 * ahead. What works once would be used up before its reader comes.
 */
export function isOnlyLooking(request: Request): boolean {
  const { headers } = request;
  const purpose = `${headers.get('sec-purpose') ?? ''} ${headers.get('purpose') ?? ''}`;
  return request.method === 'HEAD' || /prefetch|preview/i.test(purpose);
}
