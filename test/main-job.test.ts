import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { Sandbox } from '../sandbox/start-sandbox.ts';
import { ApiClient } from './support/api-client.ts';
import { freePort } from './support/free-port.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';
import { startRouter, type Router } from './support/router.ts';
import { startSandboxFor } from './support/sandbox.ts';
import { openSocket, type SocketClient } from './support/socket-client.ts';

const CUSTOMER = '48500500500';

let router: Router;
let sandbox: Sandbox;
let api: ApiClient;
let cloud: Receiver;
let extended: Receiver;
let socket: SocketClient;
let secret: string;

beforeAll(async () => {
  const port = await freePort();
  sandbox = await startSandboxFor(port);
  router = await startRouter({ PORT: String(port), WABA_API_URL: sandbox.url });
  api = await ApiClient.signIn(router.url);
  cloud = await startReceiver();
  extended = await startReceiver();
  const made = await api.post<{ secret: string }>('webhooks/waba/', {
    url: cloud.url,
    on_cloud_api: true,
  });
  secret = made.body.secret;
  await api.post('webhooks/waba/', {
    url: extended.url,
    on_incoming_message: true,
    on_outgoing_message: true,
    headers: { 'x-api-key': 'k' },
  });
  socket = await openSocket(`ws://localhost:${router.port}/ws`, api.token);
});

afterAll(async () => {
  socket?.close();
  await Promise.all([router?.close(), sandbox?.close(), cloud?.close(), extended?.close()]);
});

function bodies(receiver: Receiver): Record<string, unknown>[] {
  return receiver.received.map((received) => JSON.parse(received.body));
}

describe('a message that a customer types', () => {
  beforeAll(async () => {
    await fetch(`${sandbox.url}/customers/${CUSTOMER}/messages`, {
      method: 'POST',
      body: JSON.stringify({ text: 'Dzień dobry 👋', name: 'Ada Lovelace' }),
    });
  });

  it('shows up at a webhook as WABA sent it, signed', async () => {
    await expect.poll(() => cloud.received.length).toBe(1);
    const [received] = cloud.received;
    expect(received?.body).toContain('Dzie\\u0144 dobry');
    const headers = received?.headers as Record<string, string>;
    expect(() => new Webhook(secret).verify(received?.body ?? '', headers)).not.toThrow();
  });

  it('shows up at another in the get.chat shape, with its headers', async () => {
    await expect
      .poll(() => bodies(extended))
      .toMatchObject([
        {
          contacts: [{ wa_id: CUSTOMER }],
          messages: [{ text: { body: 'Dzień dobry 👋' } }],
          incoming_messages: [
            { customer_wa_id: CUSTOMER, from_us: false, contact: { initials: 'AL' } },
          ],
        },
      ]);
    expect(extended.received[0]?.headers).toMatchObject({
      'x-api-key': 'k',
      'waypost-sequence': '1',
    });
  });

  it('shows up on a websocket', async () => {
    await expect
      .poll(() => socket.frames.find((frame) => frame['type'] === 'waba_webhook'))
      .toMatchObject({
        waba_payload: { object: 'whatsapp_business_account', incoming_messages: [{}] },
      });
  });

  it('is listed, in its chat, and received by the user whose webhook took it', async () => {
    const messages = await api.get(`messages/?wa_id=${CUSTOMER}`);
    expect(messages.body).toMatchObject({
      count: 1,
      results: [{ waba_payload: { text: { body: 'Dzień dobry 👋' } } }],
    });
    await expect
      .poll(async () => (await api.get('chats/')).body)
      .toMatchObject({ results: [{ wa_id: CUSTOMER, new_messages: 0 }] });
  });

  it('is found by a piece of a word', async () => {
    const found = await api.get(`messages/?search=${encodeURIComponent('DOBR')}`);
    expect(found.body).toMatchObject({ count: 1 });
  });
});

describe('an answer', () => {
  let id: string;

  beforeAll(async () => {
    const posted = await api.post<{ id: string }>('messages/', {
      wa_id: CUSTOMER,
      type: 'text',
      text: { body: 'Hello Ada' },
      biz_opaque_callback_data: 'order-7',
    });
    expect(posted.status).toBe(202);
    ({ id } = posted.body);
  });

  it('arrives at the phone', async () => {
    await expect
      .poll(() => sandbox.sent)
      .toMatchObject([{ to: CUSTOMER, body: { text: { body: 'Hello Ada' } } }]);
  });

  it('is told to the webhook for outgoing messages, with the id that WhatsApp gave it', async () => {
    const wabaId = sandbox.sent[0]?.wamid;
    await expect
      .poll(() => bodies(extended).find((body) => 'outgoing_messages' in body))
      .toMatchObject({
        outgoing_messages: [
          { id, from_us: true, sender: { username: 'admin' }, waba_payload: { id: wabaId } },
        ],
      });
  });

  it('has its statuses come back with getchat_id inside, and the callback data of its own', async () => {
    await expect.poll(() => cloud.received.length, { timeout: 5000 }).toBe(4);
    const statuses = cloud.received
      .slice(1)
      .map(({ body }) => JSON.parse(body).entry[0].changes[0].value.statuses[0]);
    expect(new Set(statuses.map((status) => status.status))).toEqual(
      new Set(['sent', 'delivered', 'read']),
    );
    for (const status of statuses) {
      expect(status).toMatchObject({ getchat_id: id, biz_opaque_callback_data: 'order-7' });
    }
  });

  it('shows its statuses in the list', async () => {
    await expect
      .poll(async () => (await api.get(`messages/${id}/`)).body)
      .toMatchObject({
        waba_statuses: {
          sent: expect.any(Number),
          delivered: expect.any(Number),
          read: expect.any(Number),
        },
      });
  });

  it('is told on the websocket, to newer clients too', async () => {
    await expect
      .poll(() => socket.frames.find((frame) => frame['type'] === 'getchat_webhook'))
      .toMatchObject({ waba_payload: { outgoing_messages: [{ id }] } });
  });
});

describe('a file that a customer sends', () => {
  it('can be fetched by its link', async () => {
    await fetch(`${sandbox.url}/customers/${CUSTOMER}/messages`, {
      method: 'POST',
      body: JSON.stringify({ type: 'image', image: { caption: 'a cat' } }),
    });
    const link = await expect
      .poll(
        () =>
          bodies(extended)
            .flatMap(
              (body) =>
                (body['incoming_messages'] ?? []) as {
                  waba_payload: { image?: { link: string } };
                }[],
            )
            .find((message) => message.waba_payload.image)?.waba_payload.image?.link,
      )
      .toMatch(/\/api\/v1\/media\/[0-9a-f-]{36}\/\?expires=/)
      .then(
        () =>
          bodies(extended)
            .flatMap(
              (body) =>
                (body['incoming_messages'] ?? []) as {
                  waba_payload: { image?: { link: string } };
                }[],
            )
            .find((message) => message.waba_payload.image)?.waba_payload.image?.link ?? '',
      );
    const bare = await fetch(link);
    expect([bare.status, bare.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^image\//),
    ]);
    const [unsigned = ''] = link.split('?');
    const headers = { authorization: `Token ${api.token}` };
    expect((await fetch(unsigned, { headers })).status).toBe(200);
    expect((await fetch(unsigned)).status).toBe(403);
  });
});
