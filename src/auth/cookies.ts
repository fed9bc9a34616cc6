import { parse, serialize } from 'hono/utils/cookie';
import type { StackConfig } from '../config.ts';

/** The two cookies, by the names and with the lives that the service gives them (spec: Session). */
export const SESSION_COOKIE = 'sessionid';
export const CSRF_COOKIE = 'csrftoken';
export const SESSION_LIFE_SECONDS = 1_209_600;
const CSRF_LIFE_SECONDS = 31_449_600;

/** Where the browser sees us: cookies are `Secure` wherever that is over TLS. */
type Site = Pick<StackConfig, 'publicUrl'>;

/** Returns the cookie of this name that a request brings, or undefined. */
export function readCookie(request: Request, name: string): string | undefined {
  return parse(request.headers.get('cookie') ?? '', name)[name];
}

/** Returns the `Set-Cookie` of a session; scripts cannot read it. */
export function sessionCookie(site: Site, request: Request, id: string): string {
  return cookie(site, request, SESSION_COOKIE, id, SESSION_LIFE_SECONDS);
}

/** Returns the `Set-Cookie` with which a browser forgets its session. */
export function noSessionCookie(site: Site, request: Request): string {
  return cookie(site, request, SESSION_COOKIE, '', 0);
}

/** Returns the `Set-Cookie` of a CSRF token; scripts of our own pages read it to send it along. */
export function csrfCookie(site: Site, request: Request, token: string): string {
  return cookie(site, request, CSRF_COOKIE, token, CSRF_LIFE_SECONDS);
}

function cookie(
  { publicUrl }: Site,
  request: Request,
  name: string,
  value: string,
  maxAge: number,
): string {
  // Behind a proxy that ends TLS the request says http; PUBLIC_URL says what the browser sees.
  const isSecure = [request.url, publicUrl ?? request.url].some((url) => url.startsWith('https:'));
  return serialize(name, value, {
    path: '/',
    expires: new Date(Date.now() + maxAge * 1000),
    maxAge,
    httpOnly: name === SESSION_COOKIE,
    secure: isSecure,
    ...(isSecure && isFramed(request) ? IN_A_FRAME : ON_A_PAGE),
  });
}

const ON_A_PAGE = { sameSite: 'Lax' } as const;

/**
 * In somebody else's page browsers take no `Lax` cookie. A partitioned one holds only inside that
 * page's site, so an inbox embedded there is signed in, and nowhere else.
 */
const IN_A_FRAME = { sameSite: 'None', partitioned: true } as const;

function isFramed(request: Request): boolean {
  return request.headers.get('sec-fetch-dest') === 'iframe';
}
