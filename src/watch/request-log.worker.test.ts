import { runDurableObjectAlarm } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { call, textOf, tokenFor } from '../api/api.test-support.ts';
import { findUserByToken } from '../auth/token.ts';
import { signedMediaUrl } from '../inbox/media/links.ts';
import { stack } from '../inbox/seed.test-support.ts';
import { messageBody } from '../ingest/sample-bodies.test-support.ts';
import { connect, closeClients } from '../stack/sockets.test-support.ts';

const HOST = 'http://localhost';
const logged: string[] = [];
let token: string;

/** The lines of an event, in order. */
function lines(event: string): Record<string, unknown>[] {
  return logged.map((line) => JSON.parse(line)).filter((line) => line.event === event);
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new URL(path, HOST), init);
}

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

beforeEach(() => {
  logged.splice(0);
  for (const method of ['log', 'error', 'warn', 'info', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      logged.push(parts.join(' '));
    });
  }
});

afterEach(() => {
  closeClients();
  vi.restoreAllMocks();
});

describe('the log of requests', () => {
  it('has one line each: the stack, what was asked by whom, and how it ended', async () => {
    const user = await findUserByToken(stack, token);
    const response = await ask('/api/v1/users/?limit=1', {
      headers: { authorization: `Token ${token}` },
    });
    expect(lines('request')).toEqual([
      {
        event: 'request',
        at: expect.any(String),
        stack: 'default',
        method: 'GET',
        path: '/api/v1/users/',
        status: 200,
        ms: expect.any(Number),
        user: user?.id,
        request_id: response.headers.get('x-request-id'),
      },
    ]);
  });

  it('has a line for what is refused, for what there is not and for websockets', async () => {
    await ask('/api/v1/users/');
    await ask('/nope', { method: 'PUT' });
    await ask('http://nobody.example/ws');
    await connect();
    expect(lines('request')).toMatchObject([
      { stack: 'default', path: '/api/v1/users/', status: 403 },
      { stack: 'default', method: 'PUT', path: '/nope', status: 404 },
      { path: '/ws', status: 404 },
      { stack: 'default', path: '/ws', status: 101 },
    ]);
    expect(lines('request').map((line) => 'user' in line)).toEqual([false, false, false, false]);
  });

  it('has none for health checks', async () => {
    await ask('/healthz');
    expect(lines('request')).toEqual([]);
  });
});

describe('no line has', () => {
  it('a webhook token that came in the query', async () => {
    const body = JSON.stringify(
      messageBody('wamid.log.1', { type: 'text', text: { body: 'words of a customer' } }),
    );
    const right = await ask('/waba/webhook?token=test-webhook-token', { method: 'POST', body });
    const wrong = await ask('/waba/webhook?token=almost-the-token', { method: 'POST', body });
    const escaped = await ask('/waba/webhook%3Ftoken=test-webhook-token', { method: 'POST', body });
    const meta = await ask('/waba/webhook?hub.mode=subscribe&hub.verify_token=test-webhook-token');
    expect([right, wrong, escaped, meta].map(({ status }) => status)).toEqual([200, 401, 404, 200]);
    expect(lines('request')).toHaveLength(4);
    expect(logged.join('\n')).not.toMatch(
      /test-webhook-token|almost-the-token|words of a customer/,
    );
  });

  it('an activation code', async () => {
    const json = { username: 'log-app', profile: { role: 'app' } };
    const { body } = await call('POST', '/api/v1/users/', { token, json });
    const { pathname } = new URL(textOf(body, 'activation_url'));
    const [code = ''] = pathname.split('/').filter((part) => part !== '' && part !== 'activate');
    expect(code.length).toBeGreaterThan(10);
    const head = await ask(pathname, { method: 'HEAD' });
    const encoded = await ask(pathname.replace('/activate/', '/%61ctivate/'), { method: 'HEAD' });
    const answers = [head, encoded, await ask(pathname), await ask(pathname)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404]);
    expect(lines('request').map(({ path }) => path)).toEqual(Array(4).fill('/activate/…'));
    expect(logged.join('\n')).not.toContain(code);
  });

  it('a signature that opens a file', async () => {
    const id = crypto.randomUUID();
    const url = signedMediaUrl(stack, id, Date.now() / 1_000 + 60, HOST);
    const signature = new URL(url).searchParams.get('signature') ?? '';
    await ask(url);
    expect(lines('request')).toMatchObject([{ path: `/api/v1/media/${id}/` }]);
    expect(signature.length).toBeGreaterThan(20);
    expect(logged.join('\n')).not.toContain(signature);
  });

  it('an API token or a password', async () => {
    await ask('/api/v1/users/current/', { headers: { authorization: `Token ${token}` } });
    await ask(`/ws?token=${token}`);
    const json = { 'content-type': 'application/json' };
    const credentials = JSON.stringify({ username: 'admin', password: 'wrong-pass-phrase' });
    await ask('/api/v1/auth/token/', { method: 'POST', headers: json, body: credentials });
    expect(lines('request')).toHaveLength(3);
    expect(logged.join('\n')).not.toMatch(new RegExp(`${token}|wrong-pass-phrase`));
  });
});

describe('the log of alarms', () => {
  it('has one line each: the stack and how much was rung', async () => {
    const object = env.STACK.getByName('default');
    await object.wake();
    await runDurableObjectAlarm(object);
    expect(lines('alarm').at(-1)).toEqual({
      event: 'alarm',
      at: expect.any(String),
      stack: 'default',
      events: expect.any(Number),
      webhooks: expect.any(Number),
      media: expect.any(Number),
      replays: expect.any(Number),
      ms: expect.any(Number),
    });
  });
});
