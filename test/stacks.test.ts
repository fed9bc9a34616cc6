import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from 'node:http';
import { startReceiver, type Receiver } from './support/receiver.ts';
import { startRouter, type Router } from './support/router.ts';
import { openSocket } from './support/socket-client.ts';
import { textMessage } from './support/whatsapp.ts';

let router: Router;
const receivers: Record<string, Receiver> = {};
const tokens: Record<string, string> = {};

/** Node's fetch does not let a test choose the Host header. */
function ask(
  host: string,
  method: string,
  path: string,
  body?: object,
  authorization?: string,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = {
      host: `${host}:${router.port}`,
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    };
    const call = request(
      { port: router.port, host: '127.0.0.1', method, path, headers },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: text === '' ? null : JSON.parse(text),
          }),
        );
      },
    );
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

beforeAll(async () => {
  router = await startRouter({ STACKS: 'acme' });
  for (const host of ['localhost', 'acme.localhost']) {
    const { body } = await ask(host, 'POST', '/api/v1/auth/token/', {
      username: 'admin',
      password: 'admin',
    });
    tokens[host] = (body as { token: string }).token;
    receivers[host] = await startReceiver();
    await ask(
      host,
      'POST',
      '/api/v1/webhooks/waba/',
      { url: receivers[host].url, on_incoming_message: true },
      `Token ${tokens[host]}`,
    );
  }
});

afterAll(async () => {
  await Promise.all([
    router?.close(),
    ...Object.values(receivers).map((receiver) => receiver.close()),
  ]);
});

describe('two stacks', () => {
  it("never see each other's rows", async () => {
    const socket = await openSocket(`ws://localhost:${router.port}/ws`, tokens['localhost']);
    const posted = await ask(
      'acme.localhost',
      'POST',
      '/waba/webhook',
      textMessage('for-acme'),
      'Bearer local-webhook-token',
    );
    expect(posted.status).toBe(200);
    await expect.poll(() => receivers['acme.localhost']?.received.length).toBe(1);
    const lists = await Promise.all(
      ['localhost', 'acme.localhost'].map((host) =>
        ask(host, 'GET', '/api/v1/messages/', undefined, `Token ${tokens[host]}`),
      ),
    );
    expect(lists).toMatchObject([{ body: { count: 0 } }, { body: { count: 1 } }]);
    expect(receivers['localhost']?.received).toEqual([]);
    expect(socket.frames).toHaveLength(1);
    socket.close();
  });

  it("do not know each other's tokens", async () => {
    expect(tokens['localhost']).not.toBe(tokens['acme.localhost']);
    const answer = await ask(
      'acme.localhost',
      'GET',
      '/api/v1/users/',
      undefined,
      `Token ${tokens['localhost']}`,
    );
    expect(answer.status).toBe(403);
  });

  it('that are not configured do not exist', async () => {
    expect(await ask('nobody.localhost', 'GET', '/api/v1/users/')).toMatchObject({ status: 404 });
    expect(await ask('nobody.localhost', 'POST', '/waba/webhook', textMessage('x'))).toMatchObject({
      status: 404,
    });
  });
});
