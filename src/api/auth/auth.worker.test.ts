import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ensureFirstAdmin } from '../../auth/first-admin.ts';
import { hashPassword } from '../../auth/password.ts';
import type { StackContext } from '../../store/open-stack.ts';
import {
  appUser,
  call,
  closedSockets,
  stackUnderTest,
  textOf,
  tokenFor,
} from '../api.test-support.ts';

const LOGIN = '/api/v1/auth/token/';
const WRONG = { non_field_errors: ['Unable to log in with provided credentials.'] };
const NO_CREDENTIALS = { detail: 'Authentication credentials were not provided.' };

/** The same stack as another isolate opens it: same rows, nothing remembered. */
function elsewhere(changes: Partial<StackContext['config']> = {}): StackContext {
  const { config, db, files } = stackUnderTest();
  return { config: { ...config, ...changes }, db, files };
}

async function whoIs(headers: Record<string, string>): Promise<unknown> {
  const { body } = await call('GET', '/api/v1/users/current/', { headers });
  return body;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the first admin', () => {
  it('is made once, also by isolates that start together', async () => {
    await Promise.all([elsewhere(), elsewhere(), elsewhere()].map(ensureFirstAdmin));
    const { db } = stackUnderTest();
    expect(await db.all(sql`select id, username, role, is_active from users`)).toEqual([
      { id: 1, username: 'admin', role: 'admin', is_active: 1 },
    ]);
    expect(await db.all(sql`select * from user_groups`)).toEqual([{ user_id: 1, group_id: 2 }]);
  });

  it('is not made again, nor changed, when the settings say another name', async () => {
    await ensureFirstAdmin(elsewhere({ adminUsername: 'root', adminPassword: 'root' }));
    const { db } = stackUnderTest();
    expect(await db.all(sql`select username from users`)).toEqual([{ username: 'admin' }]);
  });

  it('is not made where the settings name none', async () => {
    const answer = await call(
      'POST',
      LOGIN,
      { json: { username: 'admin', password: 'admin' } },
      'acme',
    );
    expect(answer).toMatchObject({ status: 400, body: WRONG });
    expect(await stackUnderTest('acme').db.all(sql`select 1 from users`)).toEqual([]);
  });
});

describe('POST /auth/token/', () => {
  const credentials = { username: 'admin', password: 'admin' };

  it.each([
    ['JSON', { json: credentials }],
    ['a form', { form: credentials }],
    ['a multipart form', { multipart: credentials }],
  ])('answers the token to %s, the same one each time', async (_what, request) => {
    const answer = await call('POST', LOGIN, request);
    expect(answer).toMatchObject({
      status: 200,
      body: { token: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(textOf(answer.body, 'token')).toBe(await tokenFor('admin', 'admin'));
  });

  it('ignores a wrong token that comes along, as a client that signs in again sends', async () => {
    expect(await call('POST', LOGIN, { json: credentials, token: 'old' })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['a wrong password', { username: 'admin', password: 'Admin' }],
    ['a password with a space too many', { username: 'admin', password: 'admin ' }],
    ['an unknown user', { username: 'nobody', password: 'admin' }],
    ['another case', { username: 'Admin', password: 'admin' }],
    ['SQL', { username: "admin' or 1=1 --", password: 'admin' }],
  ])('refuses %s, and always in the same words', async (_what, json) => {
    expect(await call('POST', LOGIN, { json })).toMatchObject({ status: 400, body: WRONG });
  });

  it.each([
    [{}, { username: ['This field is required.'], password: ['This field is required.'] }],
    [{ username: 'admin' }, { password: ['This field is required.'] }],
    [
      { username: '', password: '' },
      { username: ['This field may not be blank.'], password: ['This field may not be blank.'] },
    ],
    [
      { username: null, password: 5 },
      { username: ['This field may not be null.'], password: ['Not a valid string.'] },
    ],
    [
      { username: ['admin'], password: { $ne: 1 } },
      { username: ['Not a valid string.'], password: ['Not a valid string.'] },
    ],
    [{ username: 'a\0', password: 'x' }, { username: ['Null characters are not allowed.'] }],
  ])('refuses %j by field', async (json, body) => {
    const answer = await call('POST', LOGIN, { json });
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.body).toEqual({ ...body, reason: expect.any(String) });
  });

  it('keeps no token that could be read from the table', async () => {
    const token = await tokenFor('admin', 'admin');
    const rows = await stackUnderTest().db.all(sql`select * from users`);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('gives a token that works also after the secret key was changed', async () => {
    const token = await tokenFor('admin', 'admin');
    const { db } = stackUnderTest();
    await db.run(sql`update users set token_hash = 'of the key before' where id = 1`);
    expect(await tokenFor('admin', 'admin')).toBe(token);
    expect(await whoIs({ Authorization: `Token ${token}` })).toMatchObject({ id: 1 });
  });
});

describe('Authorization: Token', () => {
  let token: string;
  let bot: { token: string; id: number };

  beforeAll(async () => {
    token = await tokenFor('admin', 'admin');
    bot = await appUser(token, 'Token Bot');
  });

  it.each(['Token', 'token', 'Bearer', 'Token '])('signs in as "%s …"', async (scheme) => {
    expect(await whoIs({ Authorization: `${scheme} ${token}` })).toMatchObject({
      username: 'admin',
    });
  });

  it.each([
    'Token',
    'Token ',
    'Token x',
    'Token 8aeb44f5a318542d32bb13019d68198467ee21f0',
    'Bearer x y',
    `Token ${'a'.repeat(5_000)}`,
  ])('refuses "%s"', async (Authorization) => {
    const answer = await call('GET', '/api/v1/users/current/', { headers: { Authorization } });
    expect(answer).toMatchObject({ status: 403, body: { detail: 'Invalid token.' } });
  });

  it('refuses what the table holds of a token', async () => {
    const row = await stackUnderTest().db.first<{ token_hash: string; token_nonce: string }>(
      sql`select token_hash, token_nonce from users where id = 1`,
    );
    for (const stolen of [row?.token_hash, row?.token_nonce]) {
      expect(await whoIs({ Authorization: `Token ${stolen}` })).toEqual({
        detail: 'Invalid token.',
      });
    }
  });

  it('refuses an upper-case spelling of a token', async () => {
    expect(await whoIs({ Authorization: `Token ${token.toUpperCase()}` })).toEqual({
      detail: 'Invalid token.',
    });
  });

  it('does not open another stack', async () => {
    expect(await call('GET', '/api/v1/users/current/', { token }, 'acme')).toMatchObject({
      status: 403,
      body: { detail: 'Invalid token.' },
    });
  });

  it.each(['Basic YWRtaW46YWRtaW4=', 'Tokenx', 'nonsense'])(
    'takes "%s", which is no token, for no credentials',
    async (Authorization) => {
      expect(await whoIs({ Authorization })).toEqual(NO_CREDENTIALS);
    },
  );

  it('refuses the token of a user who was deactivated, in the same words', async () => {
    const { db } = stackUnderTest();
    await db.run(sql`update users set is_active = 0 where id = ${bot.id}`);
    expect(await whoIs({ Authorization: `Token ${bot.token}` })).toEqual({
      detail: 'Invalid token.',
    });
    await db.run(sql`update users set is_active = 1 where id = ${bot.id}`);
    expect(await whoIs({ Authorization: `Token ${bot.token}` })).toMatchObject({ id: bot.id });
  });

  it('is replaced by a reset: the one before is worthless and its sockets are closed', async () => {
    const answer = await call('POST', '/api/v1/auth/token/reset/', { token: bot.token });
    expect(answer.status).toBe(200);
    const renewed = textOf(answer.body, 'token');
    expect(renewed).toMatch(/^[0-9a-f]{40}$/);
    expect(renewed).not.toBe(bot.token);
    expect(closedSockets).toEqual([bot.id]);
    expect(await whoIs({ Authorization: `Token ${bot.token}` })).toEqual({
      detail: 'Invalid token.',
    });
    expect(await whoIs({ Authorization: `Token ${renewed}` })).toMatchObject({ id: bot.id });
    expect(await whoIs({ Authorization: `Token ${token}` })).toMatchObject({ id: 1 });
  });
});

describe('signing in by password', () => {
  beforeAll(async () => {
    const admin = await tokenFor('admin', 'admin');
    await call('POST', '/api/v1/users/', { token: admin, json: { username: 'mary' } });
  });

  it('is refused to a user without a password', async () => {
    await stackUnderTest().db.run(sql`update users set is_active = 1 where username = 'mary'`);
    for (const password of ['x', 'null']) {
      const answer = await call('POST', LOGIN, { json: { username: 'mary', password } });
      expect(answer).toMatchObject({ status: 400, body: WRONG });
    }
  });

  it('is refused to an inactive user with the right password, and allowed to an active one', async () => {
    const hash = await hashPassword('rabbit');
    const set = (isActive: number): Promise<number> =>
      stackUnderTest().db.run(
        sql`update users set password_hash = ${hash}, is_active = ${isActive} where username = 'mary'`,
      );
    const json = { username: 'mary', password: 'rabbit' };
    await set(0);
    expect(await call('POST', LOGIN, { json })).toMatchObject({ status: 400, body: WRONG });
    await set(1);
    expect(await call('POST', LOGIN, { json })).toMatchObject({ status: 200 });
  });
});

describe('D360-Api-Key', () => {
  it('acts as the admin who was registered first', async () => {
    expect(await whoIs({ 'D360-Api-Key': 'test-key' })).toMatchObject({ id: 1, username: 'admin' });
  });

  it('acts as the oldest admin who is still active', async () => {
    const token = await tokenFor('admin', 'admin');
    const { db } = stackUnderTest();
    for (const username of ['second admin', 'third admin']) {
      const json = { username, profile: { role: 'admin' } };
      await call('POST', '/api/v1/users/', { token, json });
    }
    await db.run(sql`update users set is_active = 1 where role = 'admin'`);
    await db.run(sql`update users set created_at = 5 where username = 'third admin'`);
    await db.run(sql`update users set is_active = 0, created_at = 1 where id = 1`);
    expect(await whoIs({ 'D360-Api-Key': 'test-key' })).toMatchObject({ username: 'third admin' });
    await db.run(sql`update users set is_active = 1 where id = 1`);
    expect(await whoIs({ 'D360-Api-Key': 'test-key' })).toMatchObject({ username: 'admin' });
  });

  it('opens nothing where no admin is active', async () => {
    expect(
      await call('GET', '/api/v1/users/', { headers: { 'D360-Api-Key': 'acme-key' } }, 'acme'),
    ).toMatchObject({ status: 403, body: NO_CREDENTIALS });
  });

  it('may be another key of the same number: WABA is asked, and the key shown to it alone', async () => {
    const asked = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      const entities = [{ entity_type: 'PHONE_NUMBER', id: '111' }];
      return Response.json({ health_status: { can_send_message: 'AVAILABLE', entities } });
    });
    const { config } = stackUnderTest();
    const { wabaApiUrl } = config;
    // Whether a server of this machine can be reached at all is tried first: nobody listens here.
    Object.assign(config, { wabaApiUrl: 'https://waba.example' });
    onTestFinished(() => {
      Object.assign(config, { wabaApiUrl });
    });
    expect(await whoIs({ 'D360-Api-Key': 'renewed-key' })).toMatchObject({ id: 1 });
    expect(asked.mock.calls.map(([url]) => url)).toEqual([
      'https://waba.example/health_status',
      'https://waba.example/health_status',
    ]);
  });

  it('that is wrong is ignored, and the token beside it counts', async () => {
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}', { status: 401 }));
    const headers = { 'D360-Api-Key': 'wrong-key' };
    expect(await whoIs(headers)).toEqual(NO_CREDENTIALS);
    const token = await tokenFor('admin', 'admin');
    const both = { ...headers, Authorization: `Token ${token}` };
    expect(await whoIs(both)).toMatchObject({ username: 'admin' });
    expect(await whoIs({ ...headers, Authorization: 'Token x' })).toEqual({
      detail: 'Invalid token.',
    });
  });

  it('is no way in while WABA cannot be reached', async () => {
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Network connection lost.'));
    expect(await whoIs({ 'D360-Api-Key': 'unreachable-key' })).toEqual(NO_CREDENTIALS);
  });
});
