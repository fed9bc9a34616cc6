import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './support/api-client.ts';
import { askRaw } from './support/ask-raw.ts';
import { threadClockOf } from './support/thread-clock.ts';
import { startRouter, type Router } from './support/router.ts';

const CHUNKED = 'Host: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked';

let router: Router;

beforeAll(async () => {
  router = await startRouter({ WEBHOOK_TOKEN: 'a-webhook-token' });
}, 60_000);

afterAll(() => router.close());

describe('a request that is none', () => {
  it.each([
    ['a Host with a blank', 'GET /api/v1/ HTTP/1.1\r\nHost: a b'],
    ['a Host that is no address', 'GET /healthz HTTP/1.1\r\nHost: [::1'],
    ['a Host with a port that there is not', 'GET /api/v1/ HTTP/1.1\r\nHost: localhost:99999'],
    ['a Host with a path', 'GET /api/v1/ HTTP/1.1\r\nHost: localhost/x'],
    ['a Host with a user', 'GET /api/v1/ HTTP/1.1\r\nHost: somebody@localhost'],
    ['a Host with half an escape', 'GET /waba/webhook HTTP/1.1\r\nHost: a%b'],
    ['two Hosts', 'GET /api/v1/ HTTP/1.1\r\nHost: localhost\r\nHost: localhost'],
    ['no Host', 'GET /api/v1/ HTTP/1.1'],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: localhost'],
    ['OPTIONS * with a port', 'OPTIONS * HTTP/1.1\r\nHost: localhost:8787'],
  ])('is answered 400: %s', async (_what, head) => {
    expect(await askRaw(router.port, `${head}\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /);
  });

  it.each([
    ['no number, at ingest', '/waba/webhook?token=a-webhook-token', 'zz\r\n{}\r\n0\r\n\r\n'],
    ['endless, at ingest', '/waba/webhook?token=a-webhook-token', `${'f'.repeat(30)}\r\n{}\r\n`],
    ['no number, at a sign-in', '/api/v1/auth/token/', 'zz\r\n{}\r\n0\r\n\r\n'],
    ['no number, at the form', '/login/', 'zz\r\n{}\r\n0\r\n\r\n'],
  ])('is answered 400: a chunk whose size is %s', async (_what, path, body) => {
    const answer = await askRaw(router.port, `POST ${path} HTTP/1.1\r\n${CHUNKED}\r\n\r\n${body}`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
  });

  it.each(['contacts', 'group_ids', 'fields', 'chat_participants', 'media_files', 'entry'])(
    'is answered 400: a list of 150,000 wrong items as %s',
    async (name) => {
      const client = await ApiClient.signIn(router.url);
      const body = { [name]: Array(150_000).fill(0) };
      const text = {
        [name]: JSON.stringify(body[name]),
        on_cloud_api: true,
        url: 'http://localhost/',
      };
      for (const path of [
        'contacts/verify/',
        'users/',
        'webhooks/waba/',
        'chat_import/',
        'messages/',
      ]) {
        expect(await client.post(path, body)).toMatchObject({ status: 400 });
        expect((await client.post(path, text)).status).toBeLessThan(500);
      }
    },
  );
});

describe('a hundred who sign in at once', () => {
  it('are let in or told when to come back, and leave ingest its turn', async () => {
    const signIn = async (): Promise<Response> =>
      fetch(`${router.url}/api/v1/auth/token/`, {
        method: 'POST',
        body: new URLSearchParams({ username: 'admin', password: 'admin' }),
      });
    const all = Promise.all(Array.from({ length: 100 }, signIn));
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });
    const url = `${router.url}/waba/webhook?token=a-webhook-token`;
    const threadMs = await threadClockOf(router.pid() ?? 0);
    const before = await threadMs();
    expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
    const waitedMs = (await threadMs()) - before;
    const answers = await all;
    // Beside it some passwords were checked, which take 100 ms to 200 ms each, and never all ten.
    expect(waitedMs).toBeLessThan(1_000);
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(100);
    expect(refused.length).toBeGreaterThanOrEqual(50);
    expect(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true);
    expect((await signIn()).status).toBe(200);
  });
});
