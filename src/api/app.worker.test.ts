import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { render } from '../store/query.ts';
import { appUser, call, stackUnderTest, tokenFor, type Call } from './api.test-support.ts';

let token: string;

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

afterEach(() => {
  vi.restoreAllMocks();
});

const MEGABYTE = 1024 * 1024;

/** Returns a body that does not say how long it is. */
function streamOf(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 64 * 1024);
      left -= size;
      if (size > 0) controller.enqueue(new Uint8Array(size).fill(0x20));
      if (left === 0) controller.close();
    },
  });
}

describe('paths and methods', () => {
  it.each([
    '/api/v1/users/current/',
    '/api/v1/users/current',
    '/api/v1/users/1',
    '/api/v1/users/1/',
  ])('serves %s with and without its trailing slash', async (path) => {
    expect(await call('GET', path, { token })).toMatchObject({ status: 200, body: { id: 1 } });
  });

  it.each(['/api/v1/nothing/', '/api/v1/users/1/nothing', '/activate/', '/activate/a/b/'])(
    'answers 404 for %s, which does not exist',
    async (path) => {
      expect(await call('GET', path, { token })).toMatchObject({
        status: 404,
        body: { detail: 'Not found.' },
      });
    },
  );

  it.each([
    ['PUT', '/api/v1/users/', 'GET, POST'],
    ['PUT', '/api/v1/users', 'GET, POST'],
    ['DELETE', '/api/v1/users/current/', 'GET'],
    ['GET', '/api/v1/auth/token/', 'POST'],
    ['POST', '/activate/abc/', 'GET'],
  ])('answers 405 for %s %s and says what is allowed', async (method, path, allow) => {
    const answer = await call(method, path, { token });
    expect(answer).toMatchObject({
      status: 405,
      body: { detail: `Method "${method}" not allowed.` },
    });
    expect(answer.headers.get('Allow')?.split(', ').toSorted().join(', ')).toBe(allow);
  });

  it('answers HEAD like GET, without the body', async () => {
    expect(await call('HEAD', '/api/v1/users/', { token })).toMatchObject({
      status: 200,
      text: '',
    });
  });

  it.each([
    '/api/v1/users/',
    '/api/v1/users/current',
    '/api/v1/auth/token/reset/',
    '/api/v1/nothing/',
  ])('shows nothing of %s to whoever is not signed in', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect(await call(method, path)).toMatchObject({
        status: 403,
        body: { detail: 'Authentication credentials were not provided.' },
      });
    }
  });

  it('echoes a request id, and makes one where there is none', async () => {
    const headers = { 'X-Request-ID': 'abc-123' };
    for (const request of [{ token, headers }, { headers }]) {
      const { headers: answered } = await call('GET', '/api/v1/users/current/', request);
      expect(answered.get('X-Request-ID')).toBe('abc-123');
    }
    const { headers: made } = await call('GET', '/api/v1/users/current/', { token });
    expect(made.get('X-Request-ID')).toMatch(/^[\w-]{36}$/);
  });
});

describe('bodies', () => {
  let made = 0;

  const spellings: [string, (username: string) => Call][] = [
    ['JSON', (username) => ({ json: { username, profile: { role: 'app' } } })],
    ['a form', (username) => ({ form: { username, 'profile.role': 'app' } })],
    ['a form with brackets', (username) => ({ form: { username, 'profile[role]': 'app' } })],
    ['a form with JSON in it', (username) => ({ form: { username, profile: '{"role":"app"}' } })],
    ['a multipart form', (username) => ({ multipart: { username, 'profile.role': 'app' } })],
    [
      'JSON of another name',
      (username) => ({
        headers: { 'Content-Type': 'Application/vnd.api+json; charset=utf-8' },
        body: JSON.stringify({ username, profile: { role: 'app' } }),
      }),
    ],
  ];

  it.each(spellings)('may be %s', async (_what, request) => {
    made += 1;
    const username = `body ${made}`;
    expect(await call('POST', '/api/v1/users/', { token, ...request(username) })).toMatchObject({
      status: 201,
      body: { username, profile: { role: 'app' } },
    });
  });

  it('takes the text spellings of a boolean from a form', async () => {
    const form = { username: 'boolean', 'permissions.can_use_tags': 'false' };
    expect(await call('POST', '/api/v1/users/', { token, form })).toMatchObject({
      body: { permissions: { can_use_tags: false, can_read_chats: 'all' } },
    });
  });

  it.each([
    ['no body', {}],
    ['an empty body of any type', { body: '', headers: { 'Content-Type': 'text/plain' } }],
    ['an empty form', { form: {} }],
    ['an empty object', { json: {} }],
  ])('takes %s for an empty object', async (_what, request) => {
    expect(await call('POST', '/api/v1/users/', { token, ...request })).toMatchObject({
      status: 400,
      body: { username: ['This field is required.'] },
    });
  });

  const json = { 'Content-Type': 'application/json' };
  it.each([
    [
      'text',
      { body: 'hi', headers: { 'Content-Type': 'text/plain' } },
      415,
      'Unsupported media type "text/plain" in request.',
    ],
    [
      'XML',
      { body: '<a/>', headers: { 'Content-Type': 'application/xml' } },
      415,
      'Unsupported media type "application/xml" in request.',
    ],
    [
      'bytes of no type',
      { body: new Uint8Array([123, 125]) },
      415,
      'Unsupported media type "" in request.',
    ],
    ['half a JSON', { body: '{"username":', headers: json }, 400, 'JSON parse error - '],
    [
      'JSON with a wrong byte',
      { body: new Uint8Array([0x22, 0xff, 0x22]), headers: json },
      400,
      'JSON parse error - ',
    ],
    [
      'JSON without end',
      { body: '['.repeat(200_000) + ']'.repeat(200_000), headers: json },
      400,
      'JSON parse error - Nested too deeply.',
    ],
    [
      'a form without end',
      { form: { profile: '['.repeat(50_000) + ']'.repeat(50_000) } },
      400,
      'nests too deeply',
    ],
    [
      'a field name without end',
      { form: { [`a${'[b]'.repeat(50_000)}`]: '1' } },
      400,
      'nests too deeply',
    ],
    [
      'a broken multipart form',
      { body: 'x', headers: { 'Content-Type': 'multipart/form-data; boundary=y' } },
      400,
      'Multipart form parse error',
    ],
    [
      'a multipart form without boundary',
      { body: 'x', headers: { 'Content-Type': 'multipart/form-data' } },
      400,
      'Multipart form parse error',
    ],
    [
      'a multipart form of fields without end',
      {
        body: '--y\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(1_001),
        headers: { 'Content-Type': 'multipart/form-data; boundary=y' },
      },
      400,
      'A form may have 1000 fields at most.',
    ],
    ['too much', { body: ' '.repeat(MEGABYTE + 1), headers: json }, 413, '1 MB'],
    ['too much of unsaid length', { body: streamOf(MEGABYTE + 1), headers: json }, 413, '1 MB'],
  ])('refuses %s', async (_what, request: Call, status, detail) => {
    const answer = await call('POST', '/api/v1/users/', { token, ...request });
    const sentence = expect.stringContaining(detail);
    const body = status === 415 ? { detail: sentence } : { detail: sentence, reason: sentence };
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(body);
  });

  it('takes a body of just the limit', async () => {
    const body = '{}'.padEnd(MEGABYTE);
    expect(await call('POST', '/api/v1/users/', { token, body, headers: json })).toMatchObject({
      status: 400,
      body: { username: ['This field is required.'] },
    });
  });

  it.each(['[]', '"x"', '5', 'null', 'true'])(
    'refuses %s where an object belongs',
    async (body) => {
      const answer = await call('POST', '/api/v1/users/', { token, body, headers: json });
      expect(answer.status).toBe(400);
      expect(answer.body).toHaveProperty('non_field_errors');
    },
  );

  it('refuses a file where a text belongs', async () => {
    const multipart = { username: new Blob(['x']) };
    expect(await call('POST', '/api/v1/users/', { token, multipart })).toMatchObject({
      status: 400,
      body: { username: ['Not a valid string.'] },
    });
  });

  it('asks who it is before it reads what they send', async () => {
    const body = '{"broken';
    expect(await call('POST', '/api/v1/users/', { body, headers: json })).toMatchObject({
      status: 403,
    });
  });

  it('lets no form reach a prototype', async () => {
    const form = {
      username: 'proto',
      '__proto__[role]': 'admin',
      'constructor.prototype.role': 'x',
    };
    await call('POST', '/api/v1/users/', { token, form });
    expect(Reflect.get({}, 'role')).toBeUndefined();
  });
});

describe('failures of our own', () => {
  it('are told as such, logged once, and leak nothing', async () => {
    const { token: botToken } = await appUser(token, 'witness');
    const { db } = stackUnderTest();
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const first = db.first.bind(db);
    vi.spyOn(db, 'first').mockImplementation((query) =>
      ('text' in query ? query : render(query)).text.includes('count(')
        ? Promise.reject(new Error('D1_ERROR: secret detail'))
        : first(query),
    );
    const answer = await call('GET', '/api/v1/users/', { token: botToken });
    expect(answer).toMatchObject({ status: 500, body: { detail: 'Server error.' } });
    expect(answer.headers.get('X-Request-ID')).toBeTruthy();
    expect(logged).toHaveBeenCalledTimes(1);
    expect(JSON.parse(String(logged.mock.calls[0]?.[0]))).toMatchObject({
      event: 'api_request_failed',
      method: 'GET',
      route: '/api/v1/users',
      request_id: answer.headers.get('X-Request-ID'),
      error: 'Error: D1_ERROR: secret detail',
    });
  });

  it('are logged without the activation code that the path may hold', async () => {
    const { db } = stackUnderTest();
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(db, 'all').mockRejectedValue(new Error('gone'));
    expect(await call('GET', '/activate/a-secret-code/')).toMatchObject({ status: 500 });
    expect(String(logged.mock.calls[0]?.[0])).toContain('/activate/:code');
    expect(String(logged.mock.calls[0]?.[0])).not.toContain('a-secret-code');
  });
});
