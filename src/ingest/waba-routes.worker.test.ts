import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { messageBody } from './sample-bodies.test-support.ts';

const BODY = JSON.stringify(messageBody('wamid.route', { type: 'text', text: { body: 'x' } }));
const TOKEN = { authorization: 'Bearer test-webhook-token' };

function post(
  body: BodyInit,
  headers: Record<string, string>,
  { host = 'localhost', path = '/waba/webhook' } = {},
): Promise<Response> {
  return exports.default.fetch(`http://${host}${path}`, { method: 'POST', headers, body });
}

async function verify(
  query: string,
  path = '/waba/webhook',
): Promise<{ status: number; text: string }> {
  const response = await exports.default.fetch(`http://localhost${path}?${query}`);
  return { status: response.status, text: await response.text() };
}

describe('POST /waba/webhook', () => {
  it('answers 200 to WABA', async () => {
    expect((await post(BODY, TOKEN)).status).toBe(200);
  });

  it.each([
    ['without credentials', BODY, {}, 401],
    ['with a wrong token', BODY, { authorization: 'Bearer nope' }, 401],
    ["with another stack's token", BODY, { authorization: 'Bearer acme-webhook-token' }, 401],
    ['with malformed JSON', '{"entry":[', TOKEN, 400],
    ['with text that is not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), TOKEN, 400],
    ['with more than 3 MB', 'x'.repeat(3 * 1024 * 1024 + 1), TOKEN, 413],
    ['that went in a circle', BODY, { ...TOKEN, 'waypost-hops': '5' }, 508],
  ])('%s is refused', async (_name, body, headers: Record<string, string>, status) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ detail: expect.any(String) });
  });

  it('of a stack that is not configured is 404', async () => {
    expect((await post(BODY, TOKEN, { host: 'nobody.example.com' })).status).toBe(404);
  });
});

describe("ingest's address", () => {
  const SPELLINGS = ['/waba/webhook/', '//waba/webhook', '//waba//webhook//'];

  it.each(SPELLINGS)('may have slashes too many: POST %s', async (path) => {
    expect((await post(BODY, TOKEN, { path })).status).toBe(200);
    expect((await post(BODY, {}, { path })).status).toBe(401);
    const put = await exports.default.fetch(`http://localhost${path}`, { method: 'PUT' });
    expect(put.status).toBe(405);
  });

  it.each(SPELLINGS)("may have slashes too many for Meta's challenge: GET %s", async (path) => {
    const query = 'hub.mode=subscribe&hub.verify_token=test-webhook-token&hub.challenge=1158201444';
    expect(await verify(query, path)).toEqual({ status: 200, text: '1158201444' });
    expect(await verify('hub.mode=subscribe', path)).toMatchObject({ status: 403 });
  });

  it.each(['/webhook', '/webhook/', '/', '/waba', '/waba/webhooks', '/WABA/webhook', '/ws'])(
    'is named to a POST that missed it: %s',
    async (path) => {
      const response = await post(BODY, TOKEN, { path });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        detail: expect.stringMatching(/^Not found\..* http:\/\/\S+\/waba\/webhook\.$/),
      });
    },
  );

  it('is named to a challenge that missed it', async () => {
    const { status, text } = await verify('hub.mode=subscribe&hub.challenge=1', '/webhook');
    expect(status).toBe(404);
    expect(text).toContain('/waba/webhook.');
  });

  it('is not named to who looks for a page', async () => {
    expect((await verify('', '/webhook')).text).not.toContain('waba');
  });
});

describe('/ws', () => {
  it.each(['/ws', '/ws/', '//ws'])('is where websockets are opened: %s', async (path) => {
    const url = `http://localhost${path}`;
    expect((await exports.default.fetch(url)).status).toBe(426);
    const headers = { upgrade: 'websocket' };
    const opened = await exports.default.fetch(url, { headers });
    expect(opened.status).toBe(101);
    opened.webSocket?.accept();
    opened.webSocket?.close();
  });
});

describe('GET /waba/webhook', () => {
  it("answers Meta's challenge when the verify token is right", async () => {
    const query = 'hub.mode=subscribe&hub.verify_token=test-webhook-token&hub.challenge=1158201444';
    expect(await verify(query)).toEqual({ status: 200, text: '1158201444' });
  });

  it.each([
    ['hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1'],
    ['hub.mode=subscribe&hub.challenge=1'],
    ['hub.verify_token=test-webhook-token&hub.challenge=1'],
    [''],
  ])('refuses ?%s', async (query) => {
    expect((await verify(query)).status).toBe(403);
  });
});

describe('GET /readyz and /healthz', () => {
  it('answer 200 while the stack serves', async () => {
    const ready = await exports.default.fetch('http://localhost/readyz');
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: 'ok', stack: 'default' },
    ]);
    expect((await exports.default.fetch('http://anything.example/healthz')).status).toBe(200);
  });
});

describe('GET /readyz with a message waiting to be sent', () => {
  it('tells for how long it has waited', async () => {
    const minuteAgo = Math.floor(Date.now() / 1000) - 60;
    await env.DB.batch([
      env.DB.prepare(`insert into messages (n, id, chat, from_us, type, timestamp, payload)
        values (777, 'waiting', '1', 1, 'text', ?, '{}')`).bind(minuteAgo),
      env.DB.prepare(`insert into outbox (n, chat) values (777, '1')`),
    ]);
    const ready = await exports.default.fetch('http://localhost/readyz');
    const { past_due_ms: age } = await ready.json<{ past_due_ms: number }>();
    expect(age).toBeGreaterThan(59_000);
    expect(age).toBeLessThan(70_000);
  });
});

describe('what there is not', () => {
  it.each([
    ['PUT', '/waba/webhook', 405],
    ['GET', '/nope', 404],
    ['GET', '/api/v1/nope/', 403],
  ])('is refused in words: %s %s', async (method, path, status) => {
    const response = await exports.default.fetch(`http://localhost${path}`, { method });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ detail: expect.any(String) });
  });
});
