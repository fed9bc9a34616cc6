import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  appUser,
  call,
  closedSockets,
  textOf,
  tokenFor,
  type Answer,
} from '../api.test-support.ts';

const USERS = '/api/v1/users/';
const MINE = `${USERS}password/change/`;
const GOOD = 'a good password';

let admin: string;
let bot: { token: string; id: number };
let names = 0;

interface Made {
  id: number;
  username: string;
  activationUrl: string;
}

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  bot = await appUser(admin, 'bot');
});

beforeEach(() => {
  closedSockets.length = 0;
});

async function made(): Promise<Made> {
  names += 1;
  const username = `agent ${names}`;
  const { body } = await call('POST', USERS, { token: admin, json: { username } });
  const id = Number(Reflect.get(Object(body), 'id'));
  return { id, username, activationUrl: textOf(body, 'activation_url') };
}

/** A user who can sign in with `GOOD`. */
async function active(): Promise<Made & { token: string }> {
  const user = await made();
  await setPassword(user.id, GOOD);
  await call('GET', user.activationUrl);
  closedSockets.length = 0;
  return { ...user, token: await tokenFor(user.username, GOOD) };
}

async function setPassword(id: number, password: unknown, token = admin): Promise<Answer> {
  return call('PUT', `${USERS}${id}/password/change/`, { token, json: { password } });
}

async function change(token: string, current: unknown, next: unknown): Promise<Answer> {
  const json = { current_password: current, new_password: next };
  return call('PUT', MINE, { token, json });
}

async function signIn(username: string, password: string): Promise<number> {
  const json = { username, password };
  return (await call('POST', '/api/v1/auth/token/', { json })).status;
}

describe('PUT /users/{id}/password/change/', () => {
  it('lets a new user sign in, once the account is active', async () => {
    const { id, username, activationUrl } = await made();
    expect(await setPassword(id, GOOD)).toMatchObject({ status: 200, body: {} });
    expect(await signIn(username, GOOD)).toBe(400);
    expect((await call('GET', activationUrl)).body).toEqual({
      detail: 'The account is active. You can sign in now.',
    });
    expect(await signIn(username, GOOD)).toBe(200);
  });

  it('resets the token of somebody else and closes their sockets', async () => {
    const { id, username, token } = await active();
    expect(await setPassword(id, 'another password')).toMatchObject({ status: 200 });
    expect(closedSockets).toEqual([id]);
    expect(await call('GET', `${USERS}current/`, { token })).toMatchObject({ status: 403 });
    expect(await signIn(username, GOOD)).toBe(400);
    expect(await signIn(username, 'another password')).toBe(200);
  });

  it("leaves the token of an admin who sets the admin's own", async () => {
    const own = await call('GET', `${USERS}current/`, { token: admin });
    const adminId = Number(Reflect.get(Object(own.body), 'id'));
    expect(await setPassword(adminId, GOOD)).toMatchObject({ status: 200 });
    expect(closedSockets).toEqual([]);
    expect(await call('GET', `${USERS}current/`, { token: admin })).toMatchObject({ status: 200 });
  });

  it('is for admins only, and tells others nothing of who there is', async () => {
    for (const id of [bot.id, 999_999]) {
      expect(await setPassword(id, GOOD, bot.token)).toMatchObject({
        status: 403,
        body: { detail: 'You do not have permission to perform this action.' },
      });
    }
  });

  it.each(['999999', 'x', '1.5'])('answers 404 for a user %s', async (id) => {
    const request = { token: admin, json: { password: GOOD } };
    const answer = await call('PUT', `${USERS}${id}/password/change/`, request);
    expect(answer).toMatchObject({ status: 404 });
  });

  it.each([
    [undefined, 'This field is required.'],
    [12_345_678, 'Not a valid string.'],
    ['', 'This field may not be blank.'],
    ['short', 'This password is too short. It must contain at least 8 characters.'],
    ['12345678', 'This password is entirely numeric.'],
  ])('refuses %j and changes nothing', async (password, problem) => {
    const { id, username } = await active();
    expect(await setPassword(id, password)).toMatchObject({
      status: 400,
      body: { password: [problem] },
    });
    expect(closedSockets).toEqual([]);
    expect(await signIn(username, GOOD)).toBe(200);
  });
});

describe('PUT /users/password/change/', () => {
  it('sets your password and leaves your token and sockets as they are', async () => {
    const { username, token } = await active();
    expect(await change(token, GOOD, ' spaces belong to it ')).toMatchObject({
      status: 200,
      body: {},
    });
    expect(await signIn(username, GOOD)).toBe(400);
    expect(await tokenFor(username, ' spaces belong to it ')).toBe(token);
    expect(closedSockets).toEqual([]);
  });

  it('refuses a wrong current password', async () => {
    const { username, token } = await active();
    expect(await change(token, 'guessed password', 'another password')).toMatchObject({
      status: 400,
      body: { current_password: ['Wrong password.'] },
    });
    expect(await signIn(username, GOOD)).toBe(200);
  });

  it('says what is wrong where clients look for a sentence to show', async () => {
    const { id, token } = await active();
    const wrong = await change(token, 'guessed password', 'another password');
    expect(wrong.body).toEqual({
      current_password: ['Wrong password.'],
      reason: 'Wrong password.',
    });
    const tooEasy = 'This password is entirely numeric.';
    const answers = [await change(token, GOOD, '12345678'), await setPassword(id, '12345678')];
    expect(answers.map(({ body }) => body)).toMatchObject([
      { new_password: [tooEasy], reason: tooEasy },
      { password: [tooEasy], reason: tooEasy },
    ]);
  });

  it('is not the way to a first password', async () => {
    expect(await change(bot.token, GOOD, GOOD)).toMatchObject({
      status: 400,
      body: { current_password: ['Wrong password.'] },
    });
  });

  it('names every field that is missing', async () => {
    expect(await call('PUT', MINE, { token: bot.token, json: {} })).toMatchObject({
      status: 400,
      body: {
        current_password: ['This field is required.'],
        new_password: ['This field is required.'],
      },
    });
  });

  it('refuses a new password that is too easy', async () => {
    expect(await change(bot.token, GOOD, '12345678')).toMatchObject({
      status: 400,
      body: { new_password: ['This password is entirely numeric.'] },
    });
  });

  it('is for those who are signed in', async () => {
    expect(await call('PUT', MINE, { json: {} })).toMatchObject({ status: 403 });
  });
});

describe('GET /activate/{code}/', () => {
  it('promises no sign-in to a user without a password', async () => {
    const { activationUrl } = await made();
    expect((await call('GET', activationUrl)).body).toEqual({
      detail: 'The account is active. You can sign in once an admin has set your password.',
    });
  });
});

describe('a POST to change a password', () => {
  it('does what a PUT does, to one’s own', async () => {
    const { username, token } = await active();
    const json = { current_password: GOOD, new_password: 'another good password' };
    expect(await call('POST', MINE, { token, json })).toMatchObject({ status: 200, body: {} });
    expect(await signIn(username, GOOD)).toBe(400);
    expect(await signIn(username, 'another good password')).toBe(200);
  });

  it('does what a PUT does, to somebody else’s, for admins only', async () => {
    const { id, username } = await active();
    const path = `${USERS}${id}/password/change/`;
    const json = { password: 'another good password' };
    expect(await call('POST', path, { token: bot.token, json })).toMatchObject({ status: 403 });
    expect(await signIn(username, GOOD)).toBe(200);
    expect(await call('POST', path, { token: admin, json })).toMatchObject({ status: 200 });
    expect(await signIn(username, 'another good password')).toBe(200);
  });
});
