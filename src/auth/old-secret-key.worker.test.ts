import { beforeEach, describe, expect, it } from 'vitest';
import { clearInbox, seedUser, stack } from '../inbox/seed.test-support.ts';
import type { StackContext } from '../store/open-stack.ts';
import { SESSION_COOKIE } from './cookies.ts';
import { convertRefreshToken, currentRefreshToken } from './refresh-token.ts';
import { findSessionUser, startSession } from './session.ts';
import { currentToken, findUserByToken, resetToken } from './token.ts';
import type { User } from './user.ts';

const NEW = 'another secret key of at least thirty-two characters';

function withKeys(secretKey: string, oldSecretKey?: string): StackContext {
  return { ...stack, config: { ...stack.config, secretKey, oldSecretKey } };
}

const changed = withKeys(NEW, stack.config.secretKey);
const without = withKeys(NEW);

let user: User;

beforeEach(async () => {
  await clearInbox();
  user = await seedUser('ada');
});

describe('after a change of SECRET_KEY with the older one beside it', () => {
  it('a token stays valid, and signing in gives the same one', async () => {
    const token = await currentToken(stack, user.id);
    expect(await findUserByToken(changed, token)).toMatchObject({ id: user.id });
    expect(await currentToken(changed, user.id)).toBe(token);
    expect(await findUserByToken(changed, token)).toMatchObject({ id: user.id });
  });

  it('a token that is reset is of the new key, and the one before is worthless', async () => {
    const token = await currentToken(stack, user.id);
    const fresh = await resetToken(changed, user.id);
    expect(await findUserByToken(changed, token)).toBeUndefined();
    expect(await currentToken(without, user.id)).toBe(fresh);
  });

  it('a token outlives the older key until its user signs in', async () => {
    const token = await currentToken(stack, user.id);
    expect(await findUserByToken(without, token)).toMatchObject({ id: user.id });
    const other = await currentToken(without, user.id);
    expect(other).not.toBe(token);
    expect(await findUserByToken(without, token)).toBeUndefined();
  });

  it('sessions and refresh tokens stay valid, and end with the older key', async () => {
    const id = await startSession(stack, user.id);
    const request = new Request('https://x', { headers: { cookie: `${SESSION_COOKIE}=${id}` } });
    const refreshToken = (await currentRefreshToken(stack, user.id)) ?? '';
    const conversion = { refreshToken, keep: true, address: undefined };
    expect(await findSessionUser(changed, request)).toMatchObject({ id: user.id });
    expect(await convertRefreshToken(changed, conversion)).toBe(user.id);
    expect(await findSessionUser(without, request)).toBeUndefined();
    expect(await convertRefreshToken(without, conversion)).toBeUndefined();
  });
});
