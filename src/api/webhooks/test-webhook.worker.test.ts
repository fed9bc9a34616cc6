import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { call, make, preparePeople, stack } from './webhooks.test-support.ts';

beforeEach(preparePeople);
afterEach(() => vi.unstubAllGlobals());

/** A receiver that answers as told; `attempt.test.ts` makes the same requests over real sockets. */
function receive(answer: () => Response | Promise<Response>): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    requests.push(new Request(url, init));
    return answer();
  });
  return requests;
}

async function theOne(requests: readonly Request[]): Promise<[Request, string]> {
  const [request, ...others] = requests;
  if (request === undefined || others.length > 0) throw new Error('not one request');
  return [request, await request.text()];
}

describe('testing a webhook', () => {
  it.each(['POST', 'GET'])('by %s posts a mock status with its headers, signed', async (method) => {
    const { id, secret } = await make('ann', { headers: { Authorization: 'Token abc' } });
    const requests = receive(() => new Response('ok', { status: 202 }));
    const response = await call('ann', method, `${id}/test/`);
    expect([response.status, await response.json()]).toEqual([200, {}]);
    const [request, body] = await theOne(requests);
    expect([
      request.method,
      request.url,
      request.redirect,
      request.headers.get('authorization'),
    ]).toEqual(['POST', 'https://example.com/hook', 'manual', 'Token abc']);
    expect(new Webhook(secret).verify(body, Object.fromEntries(request.headers))).toEqual({
      statuses: [
        {
          id: expect.stringMatching(/^wamid\./),
          getchat_id: expect.stringMatching(/^[\da-f-]{36}$/),
          recipient_id: expect.stringMatching(/^\d+$/),
          status: 'read',
          timestamp: expect.stringMatching(/^\d{10}$/),
          type: 'message',
        },
      ],
    });
  });

  it("puts the mock status into WhatsApp's envelope for on_cloud_api", async () => {
    const { id } = await make('ann', { on_cloud_api: true });
    const requests = receive(() => new Response());
    await call('ann', 'POST', `${id}/test/`);
    const [, body] = await theOne(requests);
    expect(JSON.parse(body)).toMatchObject({
      object: 'whatsapp_business_account',
      entry: [
        {
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                statuses: [{ status: 'read', getchat_id: expect.any(String) }],
              },
            },
          ],
        },
      ],
    });
  });

  it("signs that as Meta does, by the webhook's app secret", async () => {
    const { id } = await make('ann', { on_cloud_api: true, app_secret: 'an-app-secret' });
    const requests = receive(() => new Response());
    await call('ann', 'POST', `${id}/test/`);
    const [request, body] = await theOne(requests);
    const expected = createHmac('sha256', 'an-app-secret').update(body).digest('hex');
    expect(request.headers.get('x-hub-signature-256')).toBe(`sha256=${expected}`);
  });

  it.each<[string, () => Response, RegExp]>([
    ['500', () => new Response('internal-detail', { status: 500 }), /500/],
    ['404', () => new Response('internal-detail', { status: 404 }), /404/],
    ['410', () => new Response('internal-detail', { status: 410 }), /410/],
    [
      '302',
      () => new Response(null, { status: 302, headers: { location: 'http://internal-detail' } }),
      /redirects/,
    ],
  ])(
    'says that the receiver answered %s, and not what it said',
    async (_status, answer, reason) => {
      const { id } = await make('ann');
      receive(answer);
      const response = await call('ann', 'POST', `${id}/test/`);
      expect(response.status).toBe(400);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ reason: expect.stringMatching(reason) });
      expect(text).not.toContain('internal-detail');
    },
  );

  it('says that the receiver could not be reached, and not why', async () => {
    const { id } = await make('ann');
    receive(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7')));
    const response = await call('ann', 'POST', `${id}/test/`);
    const text = await response.text();
    expect([response.status, text.includes('could not be reached')]).toEqual([400, true]);
    expect(text).not.toContain('10.0.0.7');
  });

  it('asks nothing of a URL that may not be called any more', async () => {
    const { id } = await make('ann', { url: 'http://127.0.0.1:9999/' });
    const requests = receive(() => new Response());
    const deployed = { ...stack, config: { ...stack.config, allowPrivateTargets: false } };
    const response = await call('ann', 'POST', `${id}/test/`, undefined, deployed);
    expect([response.status, requests.length]).toEqual([400, 0]);
  });

  it("asks nothing of somebody else's webhook", async () => {
    const { id } = await make('ben');
    const requests = receive(() => new Response());
    const response = await call('ann', 'POST', `${id}/test/`);
    expect([response.status, requests.length]).toEqual([404, 0]);
  });
});

/** Everything that a test of a webhook may tell. */
const FIELDS = ['status', 'error', 'latency_ms', 'response_headers', 'response_body'];

describe('the detail of a test', () => {
  it.each(['POST', 'GET'])('is what the receiver answered, by %s', async (method) => {
    const { id } = await make('ann');
    receive(() => new Response('taken', { status: 202, headers: { 'x-server': 'b7' } }));
    const response = await call('ann', method, `${id}/test/?detail=1`);
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        status: 202,
        error: null,
        latency_ms: expect.any(Number),
        response_headers: { 'content-type': 'text/plain;charset=UTF-8', 'x-server': 'b7' },
        response_body: 'taken',
      },
    ]);
  });

  it.each(['', '?detail=', '?detail=0', '?detail=false'])(
    'is nothing where it is not asked for: %s',
    async (query) => {
      const { id } = await make('ann');
      receive(() => new Response('taken'));
      const well = await call('ann', 'POST', `${id}/test/${query}`);
      expect([well.status, await well.json()]).toEqual([200, {}]);
      receive(() => new Response('broken', { status: 500 }));
      const badly = await call('ann', 'POST', `${id}/test/${query}`);
      const reason = 'The receiver answered 500.';
      expect([badly.status, await badly.json()]).toEqual([400, { detail: reason, reason }]);
    },
  );

  it('stands beside the reason where the receiver fails', async () => {
    const { id } = await make('ann');
    receive(() => new Response('no such tenant', { status: 422, headers: { 'x-trace': 't1' } }));
    const response = await call('ann', 'POST', `${id}/test/?detail=1`);
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        detail: 'The receiver answered 422.',
        reason: 'The receiver answered 422.',
        status: 422,
        error: null,
        latency_ms: expect.any(Number),
        response_headers: { 'content-type': 'text/plain;charset=UTF-8', 'x-trace': 't1' },
        response_body: 'no such tenant',
      },
    ]);
  });

  it('is the class of the failure where nothing came back, and not its words', async () => {
    const { id } = await make('ann', { url: 'http://127.0.0.1:9999/' });
    receive(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7')));
    const response = await call('ann', 'POST', `${id}/test/?detail=1`);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      status: null,
      error: 'connection',
      response_headers: null,
      response_body: null,
    });
    expect(text).not.toMatch(/10\.0\.0\.7|ECONNREFUSED/);
  });

  it('is that nothing was sent where the URL may not be called any more', async () => {
    const { id } = await make('ann', { url: 'http://127.0.0.1:9999/' });
    const requests = receive(() => new Response('internal'));
    const deployed = { ...stack, config: { ...stack.config, allowPrivateTargets: false } };
    const response = await call('ann', 'POST', `${id}/test/?detail=1`, undefined, deployed);
    expect([response.status, await response.json(), requests.length]).toMatchObject([
      400,
      { status: null, error: 'refused_url', response_headers: null, response_body: null },
      0,
    ]);
  });

  it('holds no secret that the receiver echoes', async () => {
    const { id, secret } = await make('ann', {
      headers: { Authorization: 'Bearer own-header/value' },
      on_cloud_api: true,
      app_secret: 'an-app-secret',
    });
    const echoed = ['Bearer own-header/value', 'own-header\\/value', secret, 'an-app-secret'];
    receive(() => new Response(echoed.join(), { headers: { 'x-echo': echoed.join() } }));
    const response = await call('ann', 'POST', `${id}/test/?detail=1`);
    expect(await response.json()).toMatchObject({
      response_body: '***,***,***,***',
      response_headers: { 'x-echo': '***,***,***,***' },
    });
  });

  it('is no more than 16 KiB of the body', async () => {
    const { id } = await make('ann');
    receive(() => new Response('x'.repeat(20_000)));
    const response = await call('ann', 'POST', `${id}/test/?detail=1`);
    const { response_body } = await response.json<{ response_body: string }>();
    expect(response_body).toBe('x'.repeat(16 * 1024));
  });

  it("is not told of somebody else's webhook, but to an admin", async () => {
    const { id } = await make('ben');
    const requests = receive(() => new Response('taken'));
    const response = await call('ann', 'POST', `${id}/test/?detail=1`);
    const body = await response.json<object>();
    expect([response.status, requests.length]).toEqual([404, 0]);
    expect(FIELDS.filter((field) => field in body)).toEqual([]);
    expect((await call('admin', 'POST', `${id}/test/?detail=1`)).status).toBe(200);
  });

  it('that is asked for in no way that is understood is refused, and nothing is sent', async () => {
    const { id } = await make('ann');
    const requests = receive(() => new Response());
    const response = await call('ann', 'POST', `${id}/test/?detail=perhaps`);
    expect([response.status, await response.json(), requests.length]).toMatchObject([
      400,
      { detail: [expect.any(String)] },
      0,
    ]);
  });
});
