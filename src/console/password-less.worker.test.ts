import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { call, stackUnderTest, textOf, tokenFor } from '../api/api.test-support.ts';
import { Browser } from './browser.test-support.ts';

let admin: string;
let userId: number;
const logged: string[] = [];

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  // Without a password: only the partner's system lets this user in (spec: FAQ of the flow).
  const json = { username: 'Peter' };
  const { body } = await call('POST', '/api/v1/users/', { token: admin, json });
  userId = Number(Reflect.get(Object(body), 'id'));
  await call('GET', textOf(body, 'activation_url'));
});

beforeEach(() => {
  logged.splice(0);
  for (const method of ['log', 'error', 'warn'] as const) {
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      logged.push(parts.join(' '));
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Steps 3 and 4: the partner's back end asks, as a provider. */
async function refreshToken(id = userId): Promise<string> {
  const headers = { 'D360-Api-Key': 'test-key' };
  const { body } = await call('GET', `/api/v1/auth/refresh_token/${id}/`, { headers });
  return textOf(body, 'refresh_token');
}

describe('the password-less authentication flow', () => {
  it('takes a user from the partner to the inbox, signed in', async () => {
    const browser = new Browser();
    const entered = await browser.visit(`/app/?idt=${await refreshToken()}`);
    expect(entered).toMatchObject({ status: 302, location: '/app/' });
    expect(entered.setCookies).toEqual([
      expect.stringMatching(/^csrftoken=/),
      expect.stringMatching(/^sessionid=[a-z0-9]{32}; .*HttpOnly; Secure; SameSite=Lax$/),
    ]);
    expect(await browser.whoAmI()).toMatchObject({ id: userId, username: 'Peter' });
    const page = await browser.visit('/app/');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Signed in as <strong>Peter</strong>');
  });

  it.each(['/app?idt=', '/app/?refresh_token=', '/app?refresh_token='])(
    'takes the token at %s, too',
    async (address) => {
      const browser = new Browser();
      const { status } = await browser.visit(address + (await refreshToken()));
      expect(status).toBe(302);
      expect(await browser.whoAmI()).toMatchObject({ id: userId });
    },
  );

  it('lets a token in once', async () => {
    const token = await refreshToken();
    await new Browser().visit(`/app/?idt=${token}`);
    const again = await new Browser().visit(`/app/?idt=${token}`);
    expect(again).toMatchObject({ status: 403, setCookies: [] });
    expect(again.text).toContain('This link has been used already');
    expect(await refreshToken()).not.toBe(token);
  });

  it('lets a token in again where the link says to keep it', async () => {
    const token = await refreshToken();
    for (let visit = 1; visit <= 3; visit += 1) {
      const { status } = await new Browser().visit(`/app/?idt=${token}&keep_refresh_token=1`);
      expect(status).toBe(302);
    }
    expect(await refreshToken()).toBe(token);
  });

  it('keeps the token out of caches, of Referer, of the next address and of the log', async () => {
    const token = await refreshToken();
    const { headers, location } = await new Browser().visit(`/app/?chat=1&idt=${token}`);
    expect(location).toBe('/app/?chat=1');
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    await new Browser().visit(`/app/?idt=${token}`);
    expect(logged.join('\n')).toContain('"path":"/app/"');
    expect(logged.join('\n')).not.toContain(token);
  });

  it('leaves the token to its reader when a program looks first', async () => {
    const token = await refreshToken();
    const address = `/app/?idt=${token}`;
    const looks = [{ method: 'HEAD' }, { headers: { 'Sec-Purpose': 'prefetch;prerender' } }];
    for (const look of looks) {
      expect(await new Browser().visit(address, look)).toMatchObject({
        status: 503,
        setCookies: [],
      });
    }
    expect(await new Browser().visit(address)).toMatchObject({ status: 302 });
  });

  it('signs in within a page of the partner, by cookies that hold only there', async () => {
    const headers = { 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'cross-site' };
    const { setCookies } = await new Browser().visit(`/app/?idt=${await refreshToken()}`, {
      headers,
    });
    expect(setCookies).toHaveLength(2);
    for (const line of setCookies) {
      expect(line).toMatch(/Secure.*SameSite=None.*Partitioned/);
    }
  });

  it('sends whoever has no session to the form', async () => {
    expect(await new Browser().visit('/app/')).toMatchObject({ status: 302, location: '/login/' });
  });

  it.each(['', 'x', '1-', `1-${'0'.repeat(40)}`, `999-${'0'.repeat(40)}`, "' or 1=1"])(
    'opens nothing for %j',
    async (token) => {
      const answer = await new Browser().visit(`/app/?idt=${encodeURIComponent(token)}`);
      expect(answer).toMatchObject({ status: 403, setCookies: [] });
    },
  );

  it('opens nothing for a token of somebody who was deactivated or whose token was reset', async () => {
    const { db } = stackUnderTest();
    const token = await refreshToken();
    await db.run(sql`update users set is_active = 0 where id = ${userId}`);
    expect(await new Browser().visit(`/app/?idt=${token}`)).toMatchObject({ status: 403 });
    await db.run(sql`update users set is_active = 1, token_nonce = 'n' where id = ${userId}`);
    expect(await new Browser().visit(`/app/?idt=${token}`)).toMatchObject({ status: 403 });
  });
});

describe('an activation URL', () => {
  async function activationPath(): Promise<string> {
    const json = { username: `New ${Math.random()}` };
    const { body } = await call('POST', '/api/v1/users/', { token: admin, json });
    return new URL(textOf(body, 'activation_url')).pathname;
  }
  const html = { Accept: 'text/html,application/xhtml+xml' };

  it('signs a person in, once, also one without a password', async () => {
    const path = await activationPath();
    const browser = new Browser();
    const answer = await browser.visit(path, { headers: html });
    expect(answer).toMatchObject({ status: 302, location: '/app/' });
    expect(await browser.whoAmI()).toMatchObject({ username: expect.stringContaining('New') });
    expect(await new Browser().visit(path, { headers: html })).toMatchObject({ status: 404 });
  });

  it('gives a program no session, and is left to its reader by one that only looks', async () => {
    const path = await activationPath();
    const look = { 'Sec-Purpose': 'prefetch', ...html };
    expect(await new Browser().visit(path, { headers: look })).toMatchObject({ setCookies: [] });
    expect(await new Browser().visit(path)).toMatchObject({ status: 200, setCookies: [] });
  });
});
