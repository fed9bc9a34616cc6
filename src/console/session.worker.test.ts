import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { call, stackUnderTest, tokenFor } from '../api/api.test-support.ts';
import { endSessionsOf } from '../auth/session.ts';
import { freshToken } from '../auth/token.ts';
import { Browser } from './browser.test-support.ts';

const CURRENT = '/api/v1/users/current/';
const NO_CREDENTIALS = { detail: 'Authentication credentials were not provided.' };

const stack = stackUnderTest();
let admin: string;

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function signedInBrowser(): Promise<Browser> {
  const browser = new Browser();
  expect(await browser.logIn('admin', 'admin')).toMatchObject({ status: 302, location: '/app/' });
  return browser;
}

/** Makes an active user with a password; returns the id. */
async function person(username: string): Promise<number> {
  const created = await call('POST', '/api/v1/users/', { token: admin, json: { username } });
  const { id, activation_url: url } = JSON.parse(created.text);
  await call('GET', String(url));
  const json = { password: 'rabbit-hole-7' };
  await call('PUT', `/api/v1/users/${id}/password/change/`, { token: admin, json });
  return Number(id);
}

describe('a CSRF token', () => {
  it.each(['/', '/login/', '/login', '/api/v1/', '/api/v1'])(
    'comes with %s, which is open to all',
    async (path) => {
      const { status, setCookies } = await new Browser().visit(path);
      expect(status).toBe(200);
      expect(setCookies).toEqual([
        expect.stringMatching(
          /^csrftoken=[A-Za-z0-9]{64}; Max-Age=31449600; Path=\/; Expires=.* GMT; Secure; SameSite=Lax$/,
        ),
      ]);
    },
  );

  it('stays the same while the browser brings it, and a made up one is replaced', async () => {
    const browser = new Browser();
    await browser.visit('/login/');
    const token = browser.cookies.get('csrftoken');
    await browser.visit('/api/v1/');
    expect(browser.cookies.get('csrftoken')).toBe(token);
    browser.cookies.set('csrftoken', '<script>');
    await browser.visit('/login/');
    expect(browser.cookies.get('csrftoken')).toMatch(/^[A-Za-z0-9]{64}$/);
  });
});

describe('/login/', () => {
  it('shows a form that needs no script, that no other site may frame and no cache may keep', async () => {
    const { text, headers } = await new Browser().visit('/login/');
    expect(text).toContain('<label for="username">');
    expect(text).toContain('<label for="password">');
    expect(text).not.toMatch(/<script|https?:\/\//);
    expect(headers.get('Content-Security-Policy')).toMatch(
      /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/,
    );
    expect(headers.get('Cache-Control')).toBe('no-store');
  });

  it('allows the one style that it has, by its hash', async () => {
    const { text, headers } = await new Browser().visit('/login/');
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('Content-Security-Policy')).toContain(`style-src 'sha256-${hash}'`);
  });

  it('signs in: 302 with both cookies, as the service does', async () => {
    const browser = new Browser();
    await browser.visit('/login/');
    const before = browser.cookies.get('csrftoken');
    const { status, setCookies } = await browser.logIn('admin', 'admin');
    expect(status).toBe(302);
    expect(setCookies).toEqual([
      expect.stringMatching(/^csrftoken=[A-Za-z0-9]{64}; Max-Age=31449600; /),
      expect.stringMatching(
        /^sessionid=[a-z0-9]{32}; Max-Age=1209600; Path=\/; Expires=.* GMT; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    expect(browser.cookies.get('csrftoken')).not.toBe(before);
    expect(await browser.whoAmI()).toMatchObject({ id: 1, username: 'admin' });
  });

  it('asks for no TLS where there is none', async () => {
    const { setCookies } = await new Browser('http://localhost').logIn('admin', 'admin');
    expect(setCookies.join()).not.toContain('Secure');
  });

  it('takes an own address to go on to, and no other', async () => {
    const next = async (to: string): Promise<string | null> =>
      (await new Browser().logIn('admin', 'admin', { form: { next: to } })).location;
    expect(await next('/api/v1/chats/?limit=1')).toBe('/api/v1/chats/?limit=1');
    expect(await next('//evil.example/')).toBe('/app/');
  });

  it.each([
    ['a wrong password', { username: 'admin', password: 'wrong' }, 'correct username and password'],
    ['an unknown user', { username: 'nobody', password: 'x' }, 'correct username and password'],
    ['no password', { username: 'admin', password: '' }, 'Please enter a username'],
    ['no username', { username: ' ', password: 'x' }, 'Please enter a username'],
  ])('says what is wrong with %s, and sets no session', async (_what, fields, problem) => {
    const browser = new Browser();
    const answer = await browser.logIn(fields.username, fields.password);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('role="alert"');
    expect(answer.text).toContain(problem);
    expect(browser.cookies.has('sessionid')).toBe(false);
  });

  it('shows what was typed as text, whatever it was, but never the password', async () => {
    const answer = await new Browser().logIn('"><script>alert(1)</script>', 'hunter-22');
    expect(answer.text).toContain('&quot;&gt;&lt;script&gt;');
    expect(answer.text).not.toContain('<script');
    expect(answer.text).not.toContain('hunter-22');
  });

  it('refuses a form without its CSRF token, or from another origin', async () => {
    const form = { username: 'admin', password: 'admin' };
    const without = await new Browser().visit('/login/', { form });
    expect(without).toMatchObject({ status: 403, setCookies: [] });
    expect(without.text).toContain('CSRF Failed: CSRF cookie not set.');
    const headers = { Origin: 'https://evil.example' };
    const foreign = await new Browser().logIn('admin', 'admin', { headers });
    expect(foreign.status).toBe(403);
    expect(foreign.text).toContain('Origin checking failed');
  });

  it('refuses what is no form, what is too large and other methods', async () => {
    const browser = new Browser();
    await browser.visit('/login/');
    const csrf = browser.cookies.get('csrftoken');
    expect(await browser.visit('/login/', { json: {}, csrf })).toMatchObject({ status: 415 });
    const password = 'x'.repeat(70_000);
    expect(await browser.logIn('admin', password)).toMatchObject({ status: 413 });
    const refused = await browser.visit('/login/', { method: 'DELETE' });
    expect(refused.status).toBe(405);
    expect(refused.headers.get('Allow')).toBe('GET, POST');
  });
});

describe('a session', () => {
  it('reads without a CSRF token', async () => {
    const browser = await signedInBrowser();
    browser.cookies.delete('csrftoken');
    const { status, setCookies } = await browser.visit('/api/v1/users/');
    expect(status).toBe(200);
    // And is given one for what comes next.
    expect(setCookies).toEqual([expect.stringMatching(/^csrftoken=/)]);
  });

  it('changes something only with the CSRF token in a header or a form', async () => {
    const browser = await signedInBrowser();
    const csrf = browser.cookies.get('csrftoken') ?? '';
    const path = '/api/v1/users/';
    expect(await browser.visit(path, { json: { username: 'Flopsy' }, csrf })).toMatchObject({
      status: 201,
    });
    const form = { username: 'Mopsy', csrfmiddlewaretoken: csrf };
    expect(await browser.visit(path, { form })).toMatchObject({ status: 201 });
  });

  it.each([
    ['no token', {}, 'CSRF Failed: CSRF token missing.'],
    [
      'a wrong token',
      { csrf: 'x'.repeat(64) },
      "CSRF Failed: CSRF token from the 'X-Csrftoken' HTTP header incorrect.",
    ],
    [
      'the page of another origin',
      { headers: { Origin: 'https://evil.example' } },
      'CSRF Failed: Origin checking failed - https://evil.example does not match any trusted origins.',
    ],
    [
      'a page that hides its origin',
      { headers: { Origin: 'null' } },
      'CSRF Failed: Origin checking failed - null does not match any trusted origins.',
    ],
    [
      'the page of another origin, by its Referer',
      { headers: { Referer: 'https://evil.example/x' } },
      'CSRF Failed: Referer checking failed - it does not match any trusted origins.',
    ],
  ])('changes nothing with %s', async (_what, visit, detail) => {
    const browser = await signedInBrowser();
    const answer = await browser.visit('/api/v1/users/', { json: { username: 'X' }, ...visit });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toEqual({ detail });
  });

  it('changes nothing without the cookie of the CSRF token', async () => {
    const browser = await signedInBrowser();
    browser.cookies.delete('csrftoken');
    const answer = await browser.visit('/api/v1/users/', { json: {}, csrf: 'x'.repeat(64) });
    expect(JSON.parse(answer.text)).toEqual({ detail: 'CSRF Failed: CSRF cookie not set.' });
  });

  it('does not count for reading from another origin', async () => {
    const browser = await signedInBrowser();
    const answer = await browser.visit(CURRENT, { headers: { Origin: 'https://evil.example' } });
    expect(JSON.parse(answer.text)).toEqual(NO_CREDENTIALS);
  });

  it('comes after key and token: a token needs no CSRF token, a wrong one is refused', async () => {
    const browser = await signedInBrowser();
    const headers = { Authorization: `Token ${admin}` };
    const json = { username: 'Cottontail' };
    expect(await browser.visit('/api/v1/users/', { json, headers })).toMatchObject({ status: 201 });
    const wrong = await browser.visit(CURRENT, { headers: { Authorization: 'Token x' } });
    expect(JSON.parse(wrong.text)).toEqual({ detail: 'Invalid token.' });
  });

  it('comes after a key, and counts where the key is wrong', async () => {
    const browser = await signedInBrowser();
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('', { status: 401 }));
    const headers = { 'D360-Api-Key': 'wrong' };
    expect(await browser.visit(CURRENT, { headers })).toMatchObject({ status: 200 });
  });

  it('ends by logout, on the server too', async () => {
    const browser = await signedInBrowser();
    const id = browser.cookies.get('sessionid') ?? '';
    const answer = await browser.visit('/api/v1/auth/logout/');
    expect(answer).toMatchObject({ status: 200, text: '{}' });
    expect(browser.cookies.has('sessionid')).toBe(false);
    browser.cookies.set('sessionid', id);
    expect(await browser.whoAmI()).toEqual(NO_CREDENTIALS);
  });

  it('ends by the form of a page, with its CSRF token only', async () => {
    const browser = await signedInBrowser();
    expect(await browser.visit('/logout/', { form: {} })).toMatchObject({ status: 403 });
    expect(await browser.visit('/logout/')).toMatchObject({ status: 405 });
    const csrfmiddlewaretoken = browser.cookies.get('csrftoken') ?? '';
    const out = await browser.visit('/logout/', { form: { csrfmiddlewaretoken } });
    expect(out).toMatchObject({ status: 302, location: '/login/' });
    expect(await browser.whoAmI()).toEqual(NO_CREDENTIALS);
  });

  it('is not ended by a look at the logout, which leaves a token alone in any case', async () => {
    const browser = await signedInBrowser();
    await browser.visit('/api/v1/auth/logout/', { method: 'HEAD' });
    expect(await browser.whoAmI()).toMatchObject({ id: 1 });
    await call('GET', '/api/v1/auth/logout/', { token: admin });
    expect(await call('GET', CURRENT, { token: admin })).toMatchObject({ status: 200 });
  });

  it('ends after two weeks', async () => {
    const browser = await signedInBrowser();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(start + 1_209_500_000);
    expect(await browser.whoAmI()).toMatchObject({ id: 1 });
    vi.setSystemTime(start + 1_209_700_000);
    expect(await browser.whoAmI()).toEqual(NO_CREDENTIALS);
  });

  it.each([
    ['another password', 'update users set password_hash = null where id = '],
    ['deactivation', 'update users set is_active = 0 where id = '],
  ])('ends with %s of its user', async (what, change) => {
    const id = await person(`Peter ${what}`);
    const browser = new Browser();
    await browser.logIn(`Peter ${what}`, 'rabbit-hole-7');
    expect(await browser.whoAmI()).toMatchObject({ id });
    await stack.db.run(sql.raw(change + id));
    expect(await browser.whoAmI()).toEqual(NO_CREDENTIALS);
  });

  it('ends with another token of its user, and when all are ended', async () => {
    const id = await person('Peter');
    const [one, two] = [new Browser(), new Browser()];
    await one.logIn('Peter', 'rabbit-hole-7');
    await stack.db.run(freshToken(stack.config, id).store);
    expect(await one.whoAmI()).toEqual(NO_CREDENTIALS);
    await two.logIn('Peter', 'rabbit-hole-7');
    await stack.db.run(endSessionsOf(id));
    expect(await two.whoAmI()).toEqual(NO_CREDENTIALS);
  });

  it('goes on where its user sets another password or token in it; the others end', async () => {
    const id = await person('Paul');
    const [one, two] = [new Browser(), new Browser()];
    for (const browser of [one, two]) await browser.logIn('Paul', 'rabbit-hole-7');
    const csrf = one.cookies.get('csrftoken');
    const json = { current_password: 'rabbit-hole-7', new_password: 'rabbit-hole-8' };
    const path = '/api/v1/users/password/change/';
    const changed = await one.visit(path, { method: 'PUT', json, csrf });
    expect(changed.status).toBe(200);
    expect(await one.whoAmI()).toMatchObject({ id });
    expect(await two.whoAmI()).toEqual(NO_CREDENTIALS);
    await one.visit('/api/v1/auth/token/reset/', { json: {}, csrf });
    expect(await one.whoAmI()).toMatchObject({ id });
  });

  it('takes the place of the one before in the same browser', async () => {
    const browser = await signedInBrowser();
    const before = browser.cookies.get('sessionid') ?? '';
    await browser.logIn('admin', 'admin');
    const thief = new Browser();
    thief.cookies.set('sessionid', before);
    expect(await thief.whoAmI()).toEqual(NO_CREDENTIALS);
  });

  it('is kept as a hash, and no more than fifty of a user', async () => {
    const browser = await signedInBrowser();
    for (let n = 0; n < 60; n += 1) {
      await stack.db.run(sql`insert into sessions (id_hash, user_id, mark, expires_at)
        values (${`h${n}`}, 1, 'm', ${Date.now() + 60_000 + n})`);
    }
    await new Browser().logIn('admin', 'admin');
    const rows = await stack.db.all(sql`select * from sessions where user_id = 1`);
    expect(rows).toHaveLength(50);
    expect(JSON.stringify(rows)).not.toContain(browser.cookies.get('sessionid'));
    expect(await browser.whoAmI()).toMatchObject({ id: 1 });
  });

  it('is nobody for a cookie that was made up', async () => {
    for (const cookie of ['sessionid=', 'sessionid=x', "sessionid=' or 1=1 --", 'sessionid']) {
      const answer = await call('GET', CURRENT, { headers: { Cookie: cookie } });
      expect(answer).toMatchObject({ status: 403, body: NO_CREDENTIALS });
    }
  });
});
