import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { attempt, type AttemptPolicy, type AttemptRequest } from './attempt.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const POLICY: AttemptPolicy = { allowPrivate: true, ownHosts: [], deadlineMs: 300 };
const close: (() => void)[] = [];

afterEach(() => {
  for (const stop of close.splice(0)) stop();
});

async function receiver(
  handle: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => handle(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

function requestTo(url: string): AttemptRequest {
  return {
    url,
    headers: { authorization: 'Token abc' },
    secrets: [SECRET],
    id: 'e-1',
    body: new TextEncoder().encode('{"a":1}'),
  };
}

describe('an attempt', () => {
  it("posts the bytes with the webhook's headers and a signature that verifies", async () => {
    let verified: unknown;
    let seen: IncomingMessage['headers'] = {};
    const url = await receiver((request, response, body) => {
      seen = request.headers;
      verified = new Webhook(SECRET).verify(body, request.headers as Record<string, string>);
      response.end();
    });
    expect((await attempt(requestTo(url), POLICY)).response).toEqual({
      kind: 'answered',
      status: 200,
    });
    expect(verified).toEqual({ a: 1 });
    expect(seen).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Token abc',
      'webhook-id': 'e-1',
    });
  });

  it('does not follow a redirect', async () => {
    let hits = 0;
    const url = await receiver((_request, response) => {
      hits += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await attempt(requestTo(url), POLICY)).response).toEqual({
      kind: 'answered',
      status: 302,
    });
    expect(hits).toBe(1);
  });

  it('times out where headers do not come', async () => {
    const url = await receiver(() => undefined);
    expect((await attempt(requestTo(url), POLICY)).response).toEqual({
      kind: 'failed',
      error: 'timeout',
    });
  });

  it.each([
    [200, { kind: 'failed', error: 'timeout', status: 200 }],
    [410, { kind: 'answered', status: 410 }],
    [503, { kind: 'answered', status: 503, retryAfterMs: 600_000 }],
    [500, { kind: 'answered', status: 500 }],
  ])('knows the status %i of a body that trickles past the deadline', async (status, expected) => {
    const url = await receiver((_request, response) => {
      response.writeHead(status, { 'retry-after': '600' });
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const { response, answer } = await attempt(requestTo(url), POLICY);
    expect(response).toEqual(expected);
    expect(new TextDecoder().decode(answer?.body)).toMatch(/^\.+$/);
  });

  it.each([
    [202, { kind: 'failed', error: 'connection', status: 202 }],
    [410, { kind: 'answered', status: 410 }],
    [429, { kind: 'answered', status: 429, retryAfterMs: 600_000 }],
    [502, { kind: 'answered', status: 502 }],
  ])('knows the status %i of a body that breaks off', async (status, expected) => {
    const url = await receiver((_request, response) => {
      response.writeHead(status, { 'retry-after': '600', 'content-length': 100 });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    const { response, answer } = await attempt(requestTo(url), POLICY);
    expect(response).toEqual(expected);
    expect(new TextDecoder().decode(answer?.body)).toBe('half');
  });

  it.each([
    [520, 'reset'],
    [521, 'refused'],
    [522, 'timeout'],
    [523, 'connection'],
    [524, 'timeout'],
    [525, 'tls'],
    [526, 'tls'],
    [527, 'connection'],
    [530, 'dns'],
  ])("takes the edge's %i for a receiver that could not be reached: %s", async (status, error) => {
    const url = await receiver((_request, response) =>
      response.writeHead(status, { 'retry-after': '600' }).end('error code: 1016'),
    );
    const { response, answer } = await attempt(requestTo(url), POLICY);
    expect(response).toEqual({ kind: 'failed', error, status });
    expect(new TextDecoder().decode(answer?.body)).toBe('error code: 1016');
  });

  it('takes the status of an endless body without reading on', async () => {
    let open = true;
    const url = await receiver((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(64 * 1024)), 1);
      response.on('close', () => {
        clearInterval(timer);
        open = false;
      });
    });
    expect((await attempt(requestTo(url), POLICY)).response).toEqual({
      kind: 'answered',
      status: 200,
    });
    await expect.poll(() => open).toBe(false);
  });

  it('says when the connection is refused or breaks', async () => {
    const url = await receiver((request) => request.socket.destroy());
    expect((await attempt(requestTo(url), POLICY)).response).toEqual({
      kind: 'failed',
      error: 'connection',
    });
    expect((await attempt(requestTo('http://127.0.0.1:1999/'), POLICY)).response).toEqual({
      kind: 'failed',
      error: 'connection',
    });
  });

  it('passes on how long the receiver asks to wait', async () => {
    const url = await receiver((_request, response) =>
      response.writeHead(429, { 'retry-after': '7' }).end(),
    );
    expect((await attempt(requestTo(url), POLICY)).response).toEqual({
      kind: 'answered',
      status: 429,
      retryAfterMs: 7000,
    });
  });

  it('goes nowhere when the URL may not be called', async () => {
    const metadata = await attempt(requestTo('http://169.254.169.254/latest'), POLICY);
    const priv = await attempt(requestTo('http://10.0.0.1/'), { ...POLICY, allowPrivate: false });
    expect([metadata.response, priv.response]).toEqual([
      { kind: 'failed', error: 'refused_url' },
      { kind: 'failed', error: 'refused_url' },
    ]);
  });
});
