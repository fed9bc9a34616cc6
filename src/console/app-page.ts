import { html } from 'hono/html';
import { clientAddress } from '../auth/client-address.ts';
import { CSRF_FIELD } from '../auth/csrf.ts';
import { ensureFirstAdmin } from '../auth/first-admin.ts';
import { assertRate } from '../auth/rate-limit.ts';
import { convertRefreshToken } from '../auth/refresh-token.ts';
import { findSessionUser } from '../auth/session.ts';
import { WaypostError } from '../error.ts';
import type { ConsoleContext } from './console-env.ts';
import { giveCsrfToken } from './csrf-token.ts';
import { enter, isOnlyLooking } from './enter.ts';
import { HOME } from './next-path.ts';
import { answerPage, keepPrivate } from './page.ts';

/** Under these a link brings a refresh token: the document's name and that of the service's own client. */
const TOKEN_PARAMS = ['idt', 'refresh_token'] as const;
const KEEP_PARAM = 'keep_refresh_token';

const USED = 'This link has been used already, or it is not valid any more. Ask for a new one.';

/**
 * The inbox's address: `?idt=` signs its user in without a password (spec: Password-less
 * authentication flow). A console takes over here, by answering its own page instead of `showHome`.
 */
export async function openApp(c: ConsoleContext): Promise<Response> {
  await ensureFirstAdmin(c.var.stack);
  const name = TOKEN_PARAMS.find((param) => c.req.query(param) !== undefined);
  return name === undefined ? showHome(c) : enterByToken(c, c.req.query(name) ?? '');
}

/** Throws `forbidden` for a token that opens nothing, and `throttled`. */
async function enterByToken(c: ConsoleContext, refreshToken: string): Promise<Response> {
  if (isOnlyLooking(c.req.raw)) {
    keepPrivate(c);
    return c.body(null, 503);
  }
  const address = clientAddress(c.req.raw.headers);
  await assertRate(c.env.LOGIN_LIMIT, 'login', address);
  const keep = ['1', 'true'].includes(c.req.query(KEEP_PARAM) ?? '');
  const userId = await convertRefreshToken(c.var.stack, { refreshToken, keep, address });
  if (userId === undefined) throw new WaypostError('forbidden', USED);
  return enter(c, userId, homeWithoutToken(c));
}

/** What else the address says is the console's. */
function homeWithoutToken(c: ConsoleContext): string {
  const query = new URL(c.req.url).searchParams;
  for (const param of [...TOKEN_PARAMS, KEEP_PARAM]) query.delete(param);
  const rest = query.toString();
  return rest === '' ? HOME : `${HOME}?${rest}`;
}

async function showHome(c: ConsoleContext): Promise<Response> {
  const user = await findSessionUser(c.var.stack, c.req.raw);
  if (user === undefined) {
    keepPrivate(c);
    return c.redirect('/login/', 302);
  }
  c.set('user', user);
  const token = giveCsrfToken(c);
  const body = html`<p>Signed in as <strong>${user.username}</strong>.</p>
    <form method="post" action="/logout/">
      <input type="hidden" name="${CSRF_FIELD}" value="${token}" />
      <button>Sign out</button>
    </form>`;
  return answerPage(c, { title: 'Inbox', body, isFramable: true });
}
