import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activateUser } from '../support/activate-user.ts';
import { openSocket } from '../support/socket-client.ts';
import { startWorld, type Caller, type World } from '../support/world.ts';

const FORBIDDEN = { status: 403 };

let world: World;
let admin: Caller;

beforeAll(async () => {
  world = await startWorld();
  ({ admin } = world);
});

afterAll(() => world?.close());

/** Makes and activates a user; returns the id, and who is signed in as it. */
async function newcomer(username: string): Promise<Caller & { id: number }> {
  const { id, activation_url } = await admin.api.createNewUser({ body: { username } });
  expect(await activateUser(activation_url)).toMatchObject({ status: 200 });
  const { refresh_token } = await admin.api.retrieveRefreshToken({ params: { id } });
  const { token } = await world.caller().api.convertRefreshToken({ body: { refresh_token } });
  return { ...world.caller(token), id };
}

describe('whoever comes', () => {
  it('is told where to go, and is let in nowhere else', async () => {
    const { api } = world.caller();
    expect(Object.values(await api.apiRoot())).toContain(`${world.router.url}/api/v1/chats/`);
    await expect(api.retrieveCurrentUser()).rejects.toMatchObject({
      ...FORBIDDEN,
      body: { detail: 'Authentication credentials were not provided.' },
    });
  });

  it('gets a token for a user name and its password, the same each time', async () => {
    const { api } = world.caller();
    const body = { username: 'admin', password: 'admin' };
    expect(await api.createAuthToken({ body })).toEqual({ token: admin.token });
    const wrong = api.createAuthToken({ body: { ...body, password: 'wrong' } });
    await expect(wrong).rejects.toMatchObject({ status: 400 });
  });
});

describe('an app', () => {
  it('is activated by its link, once, and is told its token', async () => {
    const profile = { role: 'app' } as const;
    const made = await admin.api.createNewUser({ body: { username: 'My Bot', profile } });
    expect(admin.status()).toBe(201);
    expect(made).toMatchObject({ username: 'My Bot', is_active: false, profile });
    const { status, body } = await activateUser(made.activation_url);
    expect([status, body]).toEqual([200, { token: expect.stringMatching(/^[0-9a-f]{40}$/) }]);
    const bot = world.caller(String(Reflect.get(body, 'token')));
    expect(await bot.api.retrieveCurrentUser()).toMatchObject({ id: made.id, is_active: true });
    expect(await activateUser(made.activation_url)).toMatchObject({ status: 404 });
    const refresh = admin.api.retrieveRefreshToken({ params: { id: made.id } });
    await expect(refresh).rejects.toMatchObject({
      ...FORBIDDEN,
      body: { detail: 'Inactive users and apps have no refresh token.' },
    });
  });
});

describe('a refresh token', () => {
  it('signs a user in without a password, once, or again where it is to be kept', async () => {
    const nora = await newcomer('nora');
    const { api } = world.caller();
    const own = () => nora.api.retrieveRefreshToken({ params: { id: nora.id } });
    const { refresh_token } = await own();
    const kept = { refresh_token, keep_refresh_token: true };
    expect(await api.convertRefreshToken({ body: kept })).toEqual({ token: nora.token });
    expect(await own()).toEqual({ refresh_token });
    expect(await api.convertIdToken({ body: { id_token: refresh_token } })).toEqual({
      token: nora.token,
    });
    const again = api.convertRefreshToken({ body: { refresh_token } });
    await expect(again).rejects.toMatchObject({ status: 400 });
    expect(await own()).not.toEqual({ refresh_token });
  });

  it('of somebody else is for admins', async () => {
    const olga = await newcomer('olga');
    const other = olga.api.retrieveRefreshToken({ params: { id: 1 } });
    await expect(other).rejects.toMatchObject(FORBIDDEN);
  });
});

describe('a password', () => {
  it('is set by an admin, which ends the token, and is changed by its user, which does not', async () => {
    const pia = await newcomer('pia');
    await admin.api.changeUserPassword({
      params: { id: pia.id },
      body: { password: 'correct horse' },
    });
    await expect(pia.api.retrieveCurrentUser()).rejects.toMatchObject(FORBIDDEN);
    const { api } = world.caller();
    const login = { username: 'pia', password: 'correct horse' };
    const again = world.caller((await api.createAuthToken({ body: login })).token);
    expect(again.token).not.toBe(pia.token);

    const change = { current_password: login.password, new_password: 'battery staple' };
    expect(await again.api.changeMyPassword({ body: change })).toEqual({});
    await expect(again.api.changeMyPassword({ body: change })).rejects.toMatchObject({
      status: 400,
    });
    expect(await again.api.retrieveCurrentUser()).toMatchObject({ username: 'pia' });
    await expect(api.createAuthToken({ body: login })).rejects.toMatchObject({ status: 400 });
    const next = { ...login, password: change.new_password };
    expect(await api.createAuthToken({ body: next })).toEqual({ token: again.token });
  });
});

describe('a token that its user resets', () => {
  it('opens nothing any more, and closes the websocket that was opened with it', async () => {
    const quinn = await newcomer('quinn');
    const socket = await openSocket(`ws://localhost:${world.router.port}/ws`, quinn.token);
    expect(socket.frames).toMatchObject([{ type: 'token', status: 'success' }]);
    const { token } = await quinn.api.resetAuthToken();
    await expect.poll(() => socket.socket.readyState).toBe(socket.socket.CLOSED);
    await expect(quinn.api.retrieveCurrentUser()).rejects.toMatchObject(FORBIDDEN);
    expect(await world.caller(token).api.retrieveCurrentUser()).toMatchObject({ id: quinn.id });
  });
});

describe('a session', () => {
  /** Signs in by the form, as a browser does; returns the cookies. */
  async function logIn(): Promise<string> {
    const page = await fetch(`${world.router.url}/login/`);
    const csrf = cookiesOf(page);
    const response = await fetch(`${world.router.url}/login/`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: csrf },
      body: new URLSearchParams({
        username: 'admin',
        password: 'admin',
        csrfmiddlewaretoken: csrf.replace('csrftoken=', ''),
      }),
    });
    expect(response.status).toBe(302);
    return cookiesOf(response);
  }

  function cookiesOf(response: Response): string {
    const lines = response.headers.getSetCookie();
    return lines.map((line) => line.split(';')[0]).join('; ');
  }

  it('is ended by logging out; the token stays', async () => {
    const cookie = await logIn();
    const current = () =>
      fetch(`${world.router.url}/api/v1/users/current/`, { headers: { cookie } });
    expect(await (await current()).json()).toMatchObject({ username: 'admin' });
    // A client has no session; what it passes is the browser's cookie.
    const csrf = /csrftoken=([^;]+)/.exec(cookie)?.[1] ?? '';
    const headers = { cookie, 'X-CSRFToken': csrf };
    const out = await fetch(`${world.router.url}/api/v1/auth/logout/`, { headers });
    expect([out.status, await out.json()]).toEqual([200, {}]);
    expect((await current()).status).toBe(403);
    expect(await admin.api.logOut()).toEqual({});
    expect(await admin.api.retrieveCurrentUser()).toMatchObject({ username: 'admin' });
  });
});

describe('an activation e-mail', () => {
  it('is not sent again where the stack sends none, and the link stays good', async () => {
    const { id, activation_url } = await admin.api.createNewUser({
      body: { username: 'rita', email: 'rita@example.com' },
    });
    const resent = admin.api.resendActivationEmailNotification({ body: { user: id } });
    await expect(resent).rejects.toMatchObject({
      status: 503,
      body: { reason: 'E-mail is not set up here.' },
    });
    expect(await activateUser(activation_url)).toMatchObject({ status: 200 });
  });
});
