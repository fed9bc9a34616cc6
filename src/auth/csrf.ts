import { randomInt } from 'node:crypto';
import type { StackConfig } from '../config.ts';
import { WaypostError } from '../error.ts';
import { equalInConstantTime } from './constant-time.ts';
import { CSRF_COOKIE, readCookie } from './cookies.ts';

/** The field of a form, and the header of a script, that repeat the cookie: Django's names. */
export const CSRF_FIELD = 'csrfmiddlewaretoken';
const CSRF_HEADER = 'x-csrftoken';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const TOKEN_CHARACTERS = 64;
const TOKEN = /^[A-Za-z0-9]{32,64}$/;

/** Larger forms bring files; who sends one repeats the token in the header. */
const MAX_FORM_BYTES = 64 * 1024;

const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Whether a request changes nothing by its method and so needs no CSRF token. */
export function isSafe(request: Request): boolean {
  return SAFE.has(request.method);
}

/** Returns a fresh CSRF token, of the service's length. */
export function newCsrfToken(): string {
  return Array.from({ length: TOKEN_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join(
    '',
  );
}

/** Returns the CSRF token that a browser has, or undefined. */
export function csrfTokenOf(request: Request): string | undefined {
  const token = readCookie(request, CSRF_COOKIE);
  return token !== undefined && TOKEN.test(token) ? token : undefined;
}

/** Whether a request comes from a page of another origin, as far as the browser says so. */
export function isForeign(config: StackConfig, request: Request): boolean {
  const origin = request.headers.get('origin');
  return origin !== null && !isOwn(config, request, origin);
}

/**
 * Throws `forbidden`, in Django's words, unless a request of a browser comes from a page of ours: by its
 * `Origin` (or `Referer`) and by the token that only our pages can repeat from the cookie. A request
 * without both headers is let through to the token, because no browser sends one.
 */
export async function assertCsrf(config: StackConfig, request: Request): Promise<void> {
  assertOwnPage(config, request);
  const expected = csrfTokenOf(request);
  if (expected === undefined) throw failed('CSRF cookie not set.');
  const header = request.headers.get(CSRF_HEADER);
  const sent = header ?? (await tokenInForm(request));
  if (sent === undefined || sent === '') throw failed('CSRF token missing.');
  if (equalInConstantTime(sent, expected)) return;
  const where = header === null ? 'POST' : "the 'X-Csrftoken' HTTP header";
  throw failed(`CSRF token from ${where} incorrect.`);
}

function assertOwnPage(config: StackConfig, request: Request): void {
  const origin = request.headers.get('origin');
  const referer = request.headers.get('referer');
  if (origin !== null) {
    if (isOwn(config, request, origin)) return;
    throw failed(`Origin checking failed - ${origin} does not match any trusted origins.`);
  }
  if (referer === null) return;
  const isKnown = URL.canParse(referer) && isOwn(config, request, new URL(referer).origin);
  if (!isKnown) throw failed('Referer checking failed - it does not match any trusted origins.');
}

/** Behind a proxy that ends TLS the request says http; PUBLIC_URL says what the browser sees. */
function isOwn({ publicUrl }: StackConfig, request: Request, origin: string): boolean {
  if (origin === new URL(request.url).origin) return true;
  return publicUrl !== undefined && origin === new URL(publicUrl).origin;
}

/** Reads a copy, so that the form can be read again by whoever it is for. */
async function tokenInForm(request: Request): Promise<string | undefined> {
  const length = Number(request.headers.get('content-length') ?? Infinity);
  if (!FORM.test(request.headers.get('content-type') ?? '') || length > MAX_FORM_BYTES) {
    return undefined;
  }
  try {
    const value = (await request.clone().formData()).get(CSRF_FIELD);
    return typeof value === 'string' ? value : undefined;
  } catch {
    // A form that cannot be read holds no token.
    return undefined;
  }
}

function failed(problem: string): WaypostError {
  return new WaypostError('forbidden', `CSRF Failed: ${problem}`);
}
