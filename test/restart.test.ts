import { afterEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../sandbox/start-sandbox.ts';
import { ApiClient } from './support/api-client.ts';
import { freePort } from './support/free-port.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';
import { startRouter, type Router } from './support/router.ts';
import { startSandboxFor } from './support/sandbox.ts';
import { openSocket } from './support/socket-client.ts';
import { postToIngest, textMessage } from './support/whatsapp.ts';

const started: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.close()));
});

async function start<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  started.push(one);
  return one;
}

async function routerWithSandbox(
  answerDelayMs: number,
): Promise<{ router: Router; sandbox: Sandbox }> {
  const port = await freePort();
  const sandbox = await start(
    startSandboxFor(port, { answerDelayMs, statusDelayMs: 500, openWindows: true }),
  );
  const router = await start(startRouter({ PORT: String(port), WABA_API_URL: sandbox.url }));
  return { router, sandbox };
}

function idsAt(receiver: Receiver): Set<string> {
  return new Set(
    receiver.received.map(({ body }) => JSON.parse(body).entry[0].changes[0].value.messages[0].id),
  );
}

describe('a router that is killed and started again on the same state', () => {
  it('delivers every event that WABA has its 200 for', async () => {
    const router = await start(startRouter());
    const receiver = await start(startReceiver());
    const api = await ApiClient.signIn(router.url);
    await api.post('webhooks/waba/', { url: receiver.url, on_cloud_api: true });
    // Slow enough that the kill finds attempts under way and events nobody has taken up.
    receiver.answer = (response) => setTimeout(() => response.writeHead(200).end(), 300);
    const answered: string[] = [];
    const load = Array.from({ length: 8 }, async (_, lane) => {
      for (let index = 0; index < 50; index += 1) {
        const id = `kill-${lane}-${index}`;
        const status = await postToIngest(router.url, textMessage(id)).catch(() => 0);
        if (status === 200) answered.push(id);
        if (status === 0) return;
      }
    });
    await expect.poll(() => answered.length).toBeGreaterThan(30);
    await router.kill();
    await Promise.all(load);
    receiver.answer = (response) => response.writeHead(200).end();
    const before = idsAt(receiver).size;
    expect(before).toBeLessThan(answered.length);
    await router.start();
    await expect
      .poll(() => answered.filter((id) => !idsAt(receiver).has(id)), { timeout: 40_000 })
      .toEqual([]);
  });

  it('does not send a message twice whose answer it never saw, once a status names it', async () => {
    const { router, sandbox } = await routerWithSandbox(3000);
    const api = await ApiClient.signIn(router.url);
    const posted = await api.post<{ id: string }>('messages/', {
      wa_id: '48111',
      type: 'text',
      text: { body: 'once' },
    });
    await expect.poll(() => sandbox.sent.length).toBe(1);
    await router.kill();
    await router.start();
    await expect
      .poll(async () => (await api.get(`messages/${posted.body.id}/`)).body, { timeout: 20_000 })
      .toMatchObject({
        waba_payload: { id: sandbox.sent[0]?.wamid },
        waba_statuses: { sent: expect.any(Number) },
      });
    const next = await api.post<{ id: string }>('messages/', {
      wa_id: '48111',
      type: 'text',
      text: { body: 'next' },
    });
    expect(next.status).toBe(202);
    await expect.poll(() => sandbox.sent.length, { timeout: 20_000 }).toBe(2);
    expect(sandbox.sent.map((message) => message.body)).toMatchObject([
      { text: { body: 'once' } },
      { text: { body: 'next' } },
    ]);
  });

  it('sends what was accepted and not yet sent', async () => {
    const { router, sandbox } = await routerWithSandbox(0);
    sandbox.failNext({ path: '/messages', times: 1000, status: 503 });
    const api = await ApiClient.signIn(router.url);
    const accepted = await Promise.all(
      ['1', '2', '3'].map((wa_id) =>
        api.post('messages/', { wa_id: `4811${wa_id}`, type: 'text', text: { body: wa_id } }),
      ),
    );
    expect(accepted.map((answer) => answer.status)).toEqual([202, 202, 202]);
    const sends = () => sandbox.requests.filter(({ path }) => path === '/messages').length;
    await expect.poll(sends).toBeGreaterThanOrEqual(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await router.kill();
    sandbox.clearFaults();
    await router.start();
    // A kill in the middle of an attempt makes its outcome unknown: it is then made again after 60 s.
    await expect
      .poll(() => sandbox.sent.map((message) => message.to).sort(), { timeout: 75_000 })
      .toEqual(['48111', '48112', '48113']);
  }, 90_000);

  it('takes websockets again with the same token', async () => {
    const router = await start(startRouter());
    const api = await ApiClient.signIn(router.url);
    await router.kill();
    await router.start();
    const socket = await openSocket(`ws://localhost:${router.port}/ws`, api.token);
    expect(socket.frames).toMatchObject([{ type: 'token', status: 'success' }]);
    await postToIngest(router.url, textMessage('again'));
    await expect.poll(() => socket.frames.length).toBe(2);
    socket.close();
  });
});
