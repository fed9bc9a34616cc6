import { WaypostError } from '../error.ts';
import type { StackContext } from '../store/open-stack.ts';
import { ensureFirstAdmin } from './first-admin.ts';
import { isProviderKey, oldestAdmin } from './provider.ts';
import { findUserByToken } from './token.ts';
import type { User } from './user.ts';

/** `Token` is the service's word; `Bearer` is what most HTTP clients can send without being told. */
const CREDENTIALS = /^(?:token|bearer)(?:\s+(.*))?$/i;

/**
 * Returns who sends these headers: an admin by a valid `D360-Api-Key`, else the active user of the
 * token in `Authorization`. Undefined without credentials; a wrong key counts as none (spec:
 * Authorization, Provider). Throws `unauthenticated` for a token that is not one of an active user.
 */
export async function authenticate(ctx: StackContext, headers: Headers): Promise<User | undefined> {
  await ensureFirstAdmin(ctx);
  return (await providerOf(ctx, headers)) ?? (await tokenUserOf(ctx, headers));
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
