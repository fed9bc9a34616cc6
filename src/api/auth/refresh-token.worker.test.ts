import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  appUser,
  call,
  stackUnderTest,
  textOf,
  tokenFor,
  type Answer,
} from '../api.test-support.ts';

const CONVERT = '/api/v1/auth/convert_refresh_token/';
const CONVERT_ID = '/api/v1/auth/convert_id_token/';
const FORBIDDEN = { detail: 'You do not have permission to perform this action.' };
const NONE = { detail: 'Inactive users and apps have no refresh token.' };

let admin: string;
let bot: { token: string; id: number };
let peter: { token: string; id: number };

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  bot = await appUser(admin, 'Bot');
  const created = await call('POST', '/api/v1/users/', {
    token: admin,
    json: { username: 'Peter' },
  });
  const id = Number(Reflect.get(Object(created.body), 'id'));
  await call('GET', textOf(created.body, 'activation_url'));
  const json = { password: 'rabbit-hole-7' };
  await call('PUT', `/api/v1/users/${id}/password/change/`, { token: admin, json });
  peter = { id, token: await tokenFor('Peter', 'rabbit-hole-7') };
});

async function retrieve(user: number | string, token: string | undefined): Promise<Answer> {
  return call('GET', `/api/v1/auth/refresh_token/${user}/`, { token });
}

async function refreshTokenOf(user: number): Promise<string> {
  return textOf((await retrieve(user, admin)).body, 'refresh_token');
}

async function convert(refreshToken: string, more: object = {}): Promise<Answer> {
  return call('POST', CONVERT, { json: { refresh_token: refreshToken, ...more } });
}

describe('GET /auth/refresh_token/{user}/', () => {
  it('shows an admin that of any user, the same one each time', async () => {
    const answer = await retrieve(peter.id, admin);
    expect(answer).toMatchObject({ status: 200, body: { refresh_token: expect.any(String) } });
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(await refreshTokenOf(peter.id)).toBe(textOf(answer.body, 'refresh_token'));
  });

  it('shows a user the own one, as an admin sees it, and nobody else’s', async () => {
    const own = await retrieve(peter.id, peter.token);
    expect(textOf(own.body, 'refresh_token')).toBe(await refreshTokenOf(peter.id));
    for (const id of [1, bot.id, 999]) {
      expect(await retrieve(id, peter.token)).toMatchObject({ status: 403, body: FORBIDDEN });
    }
  });

  it('shows none of an app, neither to an admin nor to the app', async () => {
    for (const token of [admin, bot.token]) {
      expect(await retrieve(bot.id, token)).toMatchObject({ status: 403, body: NONE });
    }
  });

  it('shows none of an inactive user', async () => {
    const json = { username: 'Inactive' };
    const { body } = await call('POST', '/api/v1/users/', { token: admin, json });
    const id = Number(Reflect.get(Object(body), 'id'));
    expect(await retrieve(id, admin)).toMatchObject({ status: 403, body: NONE });
  });

  it.each(['999', '0', '-1', 'current', '1.5', '9'.repeat(20)])(
    'answers 404 for %s, who does not exist',
    async (id) => {
      expect(await retrieve(id, admin)).toMatchObject({ status: 404 });
    },
  );

  it('asks who is asking', async () => {
    expect(await retrieve(1, undefined)).toMatchObject({ status: 403 });
    expect(
      await call('POST', '/api/v1/auth/refresh_token/1/', { token: admin, json: {} }),
    ).toMatchObject({ status: 405 });
  });

  it('stores nothing that could be used', async () => {
    const token = await refreshTokenOf(peter.id);
    const rows = await stackUnderTest().db.all(sql`select * from users`);
    expect(JSON.stringify(rows)).not.toContain(token.split('-')[1]);
  });
});

describe('POST /auth/convert_refresh_token/', () => {
  it.each([
    ['JSON', (token: string) => ({ json: { refresh_token: token } })],
    ['a form', (token: string) => ({ form: { refresh_token: token } })],
    ['a multipart form', (token: string) => ({ multipart: { refresh_token: token } })],
  ])('answers the token of the user for %s, and resets the refresh token', async (_what, body) => {
    const refreshToken = await refreshTokenOf(peter.id);
    const answer = await call('POST', CONVERT, body(refreshToken));
    expect(answer).toMatchObject({ status: 200, body: { token: peter.token } });
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(await convert(refreshToken)).toMatchObject({
      status: 400,
      body: { refresh_token: ['Invalid refresh token.'] },
    });
    expect(await refreshTokenOf(peter.id)).not.toBe(refreshToken);
  });

  it.each([true, 'true', 1])('keeps it where keep_refresh_token is %j', async (keep) => {
    const refreshToken = await refreshTokenOf(peter.id);
    for (let use = 1; use <= 2; use += 1) {
      const answer = await convert(refreshToken, { keep_refresh_token: keep });
      expect(answer.body).toEqual({ token: peter.token });
    }
    expect(await refreshTokenOf(peter.id)).toBe(refreshToken);
  });

  it('serves one of many who use it at once', async () => {
    const refreshToken = await refreshTokenOf(peter.id);
    const answers = await Promise.all(Array.from({ length: 5 }, async () => convert(refreshToken)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 400, 400, 400, 400]);
  });

  it('ignores who is asking', async () => {
    const json = { refresh_token: await refreshTokenOf(peter.id) };
    expect(await call('POST', CONVERT, { json, token: 'old' })).toMatchObject({ status: 200 });
  });

  it.each([
    [{}, { refresh_token: ['This field is required.'] }],
    [{ refresh_token: '' }, { refresh_token: ['This field may not be blank.'] }],
    [{ refresh_token: null }, { refresh_token: ['This field may not be null.'] }],
    [{ refresh_token: ['x'] }, { refresh_token: ['Not a valid string.'] }],
    [{ refresh_token: 'x' }, { refresh_token: ['Invalid refresh token.'] }],
    [
      { refresh_token: 'x', keep_refresh_token: 'maybe' },
      { keep_refresh_token: expect.any(Array) },
    ],
  ])('refuses %j by field', async (json, problem) => {
    const answer = await call('POST', CONVERT, { json });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ ...problem, reason: expect.any(String) });
  });

  it('refuses malformed JSON, other types and other methods', async () => {
    const headers = { 'Content-Type': 'application/json' };
    expect(await call('POST', CONVERT, { body: '{', headers })).toMatchObject({ status: 400 });
    const text = { 'Content-Type': 'text/plain' };
    expect(await call('POST', CONVERT, { body: 'x', headers: text })).toMatchObject({
      status: 415,
    });
    expect(await call('PUT', CONVERT, { json: {}, token: admin })).toMatchObject({ status: 405 });
  });

  it('refuses that of a user who became an app or inactive, and after the token was reset', async () => {
    const { db } = stackUnderTest();
    const refreshToken = await refreshTokenOf(peter.id);
    for (const change of [sql`role = 'app'`, sql`role = 'user', is_active = 0`]) {
      await db.run(sql`update users set ${change} where id = ${peter.id}`);
      expect(await convert(refreshToken)).toMatchObject({ status: 400 });
    }
    await db.run(sql`update users set is_active = 1 where id = ${peter.id}`);
    await call('POST', '/api/v1/auth/token/reset/', { token: peter.token });
    expect(await convert(refreshToken)).toMatchObject({ status: 400 });
  });
});

describe('POST /auth/convert_id_token/', () => {
  it('converts a refresh token by its older name, and resets it', async () => {
    const id_token = await refreshTokenOf(1);
    const json = { id_token, keep_refresh_token: true };
    expect(await call('POST', CONVERT_ID, { json })).toMatchObject({
      status: 200,
      body: { token: admin },
    });
    expect(await call('POST', CONVERT_ID, { json })).toMatchObject({
      status: 400,
      body: { id_token: ['Invalid refresh token.'] },
    });
  });

  it('names the field that is missing', async () => {
    const answer = await call('POST', CONVERT_ID, { json: { refresh_token: 'x' } });
    expect(answer).toMatchObject({ status: 400, body: { id_token: ['This field is required.'] } });
  });
});
