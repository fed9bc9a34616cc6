import { clientAddress } from '../auth/client-address.ts';
import { noSessionCookie } from '../auth/cookies.ts';
import { assertCsrf } from '../auth/csrf.ts';
import { logIn } from '../auth/log-in.ts';
import { assertRate } from '../auth/rate-limit.ts';
import { endSession } from '../auth/session.ts';
import { WaypostError } from '../error.ts';
import type { ConsoleContext } from './console-env.ts';
import { enter } from './enter.ts';
import { answerLoginForm } from './login-form.ts';
import { nextPath } from './next-path.ts';
import { keepPrivate } from './page.ts';

const WRONG = 'Please enter a correct username and password. Both may be case-sensitive.';

const MISSING = 'Please enter a username and a password.';

/** Shows the form to sign in with. */
export async function showLogin(c: ConsoleContext): Promise<Response> {
  return answerLoginForm(c, { next: nextPath(c.req.query('next'), originOf(c)) });
}

/**
 * Signs in by the form and goes where `next` says (spec: Session). Throws `forbidden` without its CSRF
 * token and `throttled` where it was tried too often.
 */
export async function logInByForm(c: ConsoleContext): Promise<Response> {
  const address = clientAddress(c.req.raw.headers);
  await assertRate(c.env.LOGIN_LIMIT, 'login', address);
  await assertCsrf(c.var.stack.config, c.req.raw);
  const fields = await readForm(c);
  const username = fields.get('username')?.trim() ?? '';
  const password = fields.get('password') ?? '';
  const next = nextPath(fields.get('next') ?? c.req.query('next'), originOf(c));
  if (username === '' || password === '' || username.includes('\0')) {
    return answerLoginForm(c, { username, next, problem: MISSING, status: 400 });
  }
  const userId = await logIn(c.var.stack, { username, password, address });
  if (userId !== undefined) return enter(c, userId, next);
  return answerLoginForm(c, { username, next, problem: WRONG, status: 400 });
}

/** Returns the fields of a form that are text. */
async function readForm(c: ConsoleContext): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  try {
    for (const [name, value] of await c.req.raw.formData()) {
      if (typeof value === 'string') texts.set(name, value);
    }
  } catch (cause) {
    const problem = 'This is not a form that can be read.';
    throw new WaypostError('unsupported_media_type', problem, { cause });
  }
  return texts;
}

function originOf(c: ConsoleContext): string {
  return new URL(c.req.url).origin;
}

/** Signs this browser out. Throws `forbidden` without a CSRF token. */
export async function logOutByForm(c: ConsoleContext): Promise<Response> {
  await assertCsrf(c.var.stack.config, c.req.raw);
  await endSession(c.var.stack, c.req.raw);
  c.header('Set-Cookie', noSessionCookie(c.var.stack.config, c.req.raw), { append: true });
  keepPrivate(c);
  return c.redirect('/login/', 302);
}
