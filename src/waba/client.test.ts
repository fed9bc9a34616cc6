import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { callWaba, type WabaRequest } from './call-waba.ts';
import { wabaClient } from './client.ts';

const servers: Server[] = [];

const reachable = async (): Promise<undefined> => undefined;

/** Serves on loopback; returns the base URL. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function access(wabaApiUrl: string) {
  return { wabaApiUrl, d360ApiKey: 'secret' };
}

const GET: WabaRequest = { method: 'GET', path: '/x', deadlineMs: 1_000 };

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('a call to WABA', () => {
  it('carries the key and JSON below the base URL, path and all', async () => {
    const seen: object[] = [];
    const url = await serve((request, response) => {
      const { method, url: path, headers } = request;
      const { 'd360-api-key': key, 'content-type': type } = headers;
      void textOf(request).then((body) => {
        seen.push({ method, path, key, type, body: JSON.parse(body) });
        response.end('{"messages":[{"id":"wamid.A"}]}');
      });
    });
    const client = wabaClient(access(`${url}/v1`), reachable);
    expect(await client.sendMessage({ type: 'text' })).toEqual({
      kind: 'answered',
      status: 200,
      body: { messages: [{ id: 'wamid.A' }] },
    });
    await client.markRead('wamid.B');
    const common = {
      method: 'POST',
      path: '/v1/messages',
      key: 'secret',
      type: 'application/json',
    };
    expect(seen).toEqual([
      { ...common, body: { type: 'text' } },
      {
        ...common,
        body: {
          messaging_product: 'whatsapp',
          status: 'read',
          message_id: 'wamid.B',
        },
      },
    ]);
  });

  it('follows no redirect: the key would go with it', async () => {
    let followed = false;
    const url = await serve((request, response) => {
      followed ||= request.url !== '/x';
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await callWaba(access(url), GET, reachable)).toMatchObject({
      kind: 'answered',
      status: 302,
    });
    expect(followed).toBe(false);
  });

  it.each([
    ['no JSON', 'Bad gateway'],
    ['nothing', ''],
    ['more than 64 KiB', JSON.stringify('x'.repeat(64 * 1024))],
  ])('knows the status where the body is %s', async (_what, body) => {
    const url = await serve((_request, response) => void response.writeHead(502).end(body));
    expect(await callWaba(access(url), GET, reachable)).toEqual({
      kind: 'answered',
      status: 502,
      body: undefined,
    });
  });

  it('knows the status where the body breaks off or never ends', async () => {
    const broken = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"a":');
      setTimeout(() => response.destroy(), 20);
    });
    const endless = await serve((_request, response) => void response.writeHead(200).write('{'));
    for (const url of [broken, endless]) {
      const result = await callWaba(access(url), { ...GET, deadlineMs: 200 }, reachable);
      expect(result).toEqual({ kind: 'answered', status: 200, body: undefined });
    }
  });

  it('tells how long WABA wants to be left alone', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(429, { 'retry-after': '7' }).end('{}');
    });
    expect(await callWaba(access(url), GET, reachable)).toMatchObject({ retryAfterMs: 7_000 });
  });

  it.each<[string, RequestListener]>([
    ['the connection breaks', (request) => void request.socket.destroy()],
    ['nobody answers in time', () => undefined],
  ])('is lost where %s', async (_what, listener) => {
    const url = await serve(listener);
    const result = await callWaba(access(url), { ...GET, deadlineMs: 200 }, reachable);
    expect(result).toMatchObject({ kind: 'lost' });
  });

  it('sends nothing where nothing listens, and says so', async () => {
    let asked = 0;
    const url = await serve(() => (asked += 1));
    const result = await callWaba(access(url), GET, async () => 'connection refused');
    expect(result).toEqual({ kind: 'unsent', reason: 'connection refused' });
    expect(asked).toBe(0);
  });

  it('sends nothing without a key', async () => {
    const keyless = { wabaApiUrl: 'http://127.0.0.1:9', d360ApiKey: undefined };
    expect(await callWaba(keyless, GET, reachable)).toMatchObject({ kind: 'unsent' });
  });
});
