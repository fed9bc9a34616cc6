import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSocket, type SocketClient } from './support/socket-client.ts';
import { startWorld, type Subscriber, type World } from './support/world.ts';

const [ADA, BEN, EVE] = ['48500500501', '48500500502', '48500500503'] as const;
const NOT_REGISTERED = {
  error: { code: 133_010, message: '(#133010) Phone number not registered' },
};

let world: World;
let outgoing: Subscriber;
let incoming: Subscriber;
let original: Subscriber;
let socket: SocketClient;

beforeAll(async () => {
  world = await startWorld();
  const { api, token } = world.admin;
  outgoing = await world.subscriber();
  incoming = await world.subscriber();
  original = await world.subscriber();
  await api.createWabaWebhook({ body: { url: outgoing.url, on_outgoing_message: true } });
  await api.createWabaWebhook({ body: { url: incoming.url, on_incoming_message: true } });
  await api.createWabaWebhook({ body: { url: original.url, on_cloud_api: true } });
  socket = await openSocket(`ws://localhost:${world.router.port}/ws`, token);
  for (const customer of [ADA, BEN, EVE]) await world.write(customer, { text: 'hi' });
});

afterAll(async () => {
  socket?.close();
  await world?.close();
});

async function post(customer: string, body: string): Promise<string> {
  const message = { wa_id: customer, type: 'text', text: { body } } as const;
  return (await world.admin.api.createMessage({ body: message })).id;
}

async function warnings(): Promise<string[]> {
  const response = await fetch(`${world.router.url}/readyz`);
  return ((await response.json()) as { warnings: string[] }).warnings;
}

describe('a message that WABA refuses', () => {
  it('reaches webhooks and websockets with its reason, and is sent by posting it again', async () => {
    const error = {
      code: 131_026,
      message: 'Undeliverable',
      error_data: { details: 'No WhatsApp' },
    };
    world.sandbox.failNext({ path: '/messages', times: 1, status: 400, body: { error } });
    const id = await post(ADA, 'refused');
    const errors = [{ code: 131_026, details: 'No WhatsApp' }];
    await expect
      .poll(() => outgoing.with('waba_errors'))
      .toMatchObject([
        {
          outgoing_messages: [{ id, is_failed: true, waba_payload: { wa_id: ADA, errors } }],
          waba_errors: [{ getchat_id: id, waba_payload: { errors } }],
        },
      ]);
    const status = { id: null, getchat_id: id, recipient_id: ADA, status: 'failed', errors };
    await expect
      .poll(() => incoming.with('statuses').filter((body) => JSON.stringify(body).includes(id)))
      .toMatchObject([
        { statuses: [{ ...status, type: 'message', timestamp: expect.any(String) }] },
      ]);
    await expect
      .poll(() => socket.frames.filter((frame) => JSON.stringify(frame).includes('131026')))
      .toMatchObject([{ waba_payload: { statuses: [status] } }, { type: 'getchat_webhook' }]);
    expect(original.received.some(({ body }) => body.includes(id))).toBe(false);
    const shown = await world.admin.api.retrieveMessage({ params: { id } });
    const again = await fetch(`${world.router.url}/api/v1/messages/`, {
      method: 'POST',
      headers: {
        authorization: `Token ${world.admin.token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify('waba_payload' in shown ? shown.waba_payload : shown),
    });
    expect(again.status).toBe(202);
    await expect
      .poll(() => world.sandbox.sent.map(({ body }) => body['text']))
      .toEqual([{ body: 'refused' }]);
  });
});

describe('an account that WhatsApp takes nothing from', () => {
  it('has all messages wait, over a kill too, and send themselves when it is well again', async () => {
    const before = world.sandbox.sent.length;
    const rule = { path: '/messages', times: 1_000, status: 400, body: NOT_REGISTERED };
    world.sandbox.failNext(rule);
    const texts = ['first', 'second'];
    for (const text of texts) for (const to of [ADA, BEN, EVE]) await post(to, text);
    const warning = expect.stringContaining('(133010). 6 messages wait');
    await expect.poll(warnings).toEqual([warning]);
    const alert = { waba_payload: { errors: [{ code: 133_010 }] }, getchat_id: null };
    await expect
      .poll(() => outgoing.with('waba_errors').at(-1))
      .toEqual({
        waba_errors: [expect.objectContaining({ getchat_id: null })],
      });
    expect(outgoing.with('waba_errors').at(-1)).toMatchObject({ waba_errors: [alert] });
    await world.router.kill();
    await world.router.start();
    expect(await warnings()).toEqual([warning]);
    world.sandbox.clearFaults();
    await expect.poll(() => world.sandbox.sent.length, { timeout: 50_000 }).toBe(before + 6);
    for (const customer of [ADA, BEN, EVE]) {
      const sent = world.sandbox.sent.slice(before).filter(({ to }) => to === customer);
      expect(sent.map(({ body }) => body['text'])).toEqual(texts.map((body) => ({ body })));
    }
    await expect.poll(warnings).toEqual([]);
  });
});

describe('a send that hangs', () => {
  it('holds up its customer for five seconds at most, and nobody else', async () => {
    const before = world.sandbox.sent.length;
    // Neither taken nor refused before the request is given up.
    world.sandbox.failNext({ path: '/messages', times: 1, status: 500, hangMs: 30_000 });
    const startedAt = Date.now();
    await post(ADA, 'hangs');
    await post(ADA, 'next');
    await post(BEN, 'other');
    const textsSent = () => world.sandbox.sent.slice(before).map(({ body }) => body['text']);
    await expect.poll(textsSent).toEqual([{ body: 'other' }, { body: 'next' }]);
    const waited = Date.now() - startedAt;
    expect(waited).toBeGreaterThan(4_500);
    expect(waited).toBeLessThan(9_000);
  });
});
