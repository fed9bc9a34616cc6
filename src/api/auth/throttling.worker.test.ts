import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { call, tokenFor } from '../api.test-support.ts';

const LOGIN = '/api/v1/auth/token/';
const THROTTLED = {
  detail: expect.stringMatching(/^Request was throttled. Expected available in \d+ seconds?\.$/),
};

let token: string;

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

async function whoIs(sent: string, address: string): Promise<number> {
  const headers = { Authorization: `Token ${sent}`, 'CF-Connecting-IP': address };
  const url = 'http://localhost/api/v1/users/current/';
  const response = await exports.default.fetch(url, { headers });
  await response.body?.cancel();
  return response.status;
}

describe('guessing', () => {
  it('a password is answered with 429 and when to come back', async () => {
    const json = { username: 'admin', password: 'wrong' };
    const headers = { 'CF-Connecting-IP': '192.0.2.1' };
    for (let n = 0; n < 10; n += 1) {
      expect(await call('POST', LOGIN, { json, headers })).toMatchObject({ status: 400 });
    }
    const refused = await call('POST', LOGIN, { json, headers });
    expect(refused).toMatchObject({ status: 429, body: THROTTLED });
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(800);
  });

  it('a password by its form is, too', async () => {
    const csrftoken = 'c'.repeat(64);
    const body = `username=admin&password=x&csrfmiddlewaretoken=${csrftoken}`;
    const headers = {
      Cookie: `csrftoken=${csrftoken}`,
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': String(body.length),
      'CF-Connecting-IP': '192.0.2.1',
    };
    const response = await exports.default.fetch('http://localhost/login/', {
      method: 'POST',
      headers,
      body,
    });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await response.text()).toContain('Request was throttled.');
  });

  it('leaves the user in from elsewhere, and with a token', async () => {
    const json = { username: 'admin', password: 'admin' };
    const headers = { 'CF-Connecting-IP': '192.0.2.2' };
    expect(await call('POST', LOGIN, { json, headers })).toMatchObject({ status: 200 });
    expect(await whoIs(token, '192.0.2.1')).toBe(200);
  });

  it('tokens is answered with 429 after a hundred in a minute; a right one still works there', async () => {
    const statuses = new Set<number>();
    for (let n = 0; n < 220; n += 1) statuses.add(await whoIs(`guess${n}`, '192.0.2.3'));
    expect([...statuses]).toEqual([403, 429]);
    expect(await whoIs(token, '192.0.2.3')).toBe(200);
    expect(await whoIs('guess', '192.0.2.4')).toBe(403);
  });

  it('the current password with a found token is answered with 429', async () => {
    const json = { current_password: 'guess', new_password: 'another-one-8' };
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1) {
      statuses.push((await call('PUT', '/api/v1/users/password/change/', { token, json })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(400), 429]);
  });
});
