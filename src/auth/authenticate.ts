import { WaypostError } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import { assertCsrf, isForeign, isSafe } from './csrf.ts';
import { ensureFirstAdmin } from './first-admin.ts';
import { isProviderKey, oldestAdmin } from './provider.ts';
import { findSessionUser } from './session.ts';
import { findUserByToken } from './token.ts';
import type { User } from './user.ts';

/** `Token` is the service's word; `Bearer` is what most HTTP clients can send without being told. */
const CREDENTIALS = /^(?:token|bearer)(?:\s+(.*))?$/i;

/** Who asks, and whether it is a browser by its session. */
export interface Caller {
  user: User;
  hasSession: boolean;
}

/**
 * Returns who sends this request: an admin by a valid `D360-Api-Key`, else the active user of the
 * token in `Authorization`, else that of the session in the cookie. Undefined without credentials; a
 * wrong key and a session that is over count as none (spec: Authorization, Provider). Throws
 * `unauthenticated` for a token that is not one of an active user, and `forbidden` where a session
 * would change something without a CSRF token.
 */
export async function authenticate(
  ctx: StackContext,
  request: Request,
): Promise<Caller | undefined> {
  await ensureFirstAdmin(ctx);
  const user =
    (await providerOf(ctx, request.headers)) ?? (await tokenUserOf(ctx, request.headers));
  if (user !== undefined) return { user, hasSession: false };
  const browser = await sessionUserOf(ctx, request);
  return browser && { user: browser, hasSession: true };
}

async function providerOf(ctx: StackContext, headers: Headers): Promise<User | undefined> {
  const key = headers.get('d360-api-key');
  if (key === null || !(await isProviderKey(ctx.config, key))) return undefined;
  return oldestAdmin(ctx.db);
}

async function tokenUserOf(ctx: StackContext, headers: Headers): Promise<User | undefined> {
  const credentials = CREDENTIALS.exec(headers.get('authorization') ?? '');
  if (credentials === null) return undefined;
  const [, token = ''] = credentials;
  const user = await findUserByToken(ctx, token.trim());
  // An inactive user's token and an unknown one are not told apart.
  if (user === undefined) throw new WaypostError('unauthenticated', 'Invalid token.');
  return user;
}

async function sessionUserOf(ctx: StackContext, request: Request): Promise<User | undefined> {
  const isReading = isSafe(request);
  // What another origin's page may read it reads with a token, never with our cookie.
  if (isReading && isForeign(ctx.config, request)) return undefined;
  const user = await findSessionUser(ctx, request);
  if (user !== undefined && !isReading) await assertCsrf(ctx.config, request);
  return user;
}
