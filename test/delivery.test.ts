import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './support/api-client.ts';
import { startReceiver, type Receiver } from './support/receiver.ts';
import { startRouter, type Router } from './support/router.ts';
import { postToIngest, textMessage } from './support/whatsapp.ts';

let router: Router;
let api: ApiClient;
const receivers: Receiver[] = [];
const webhooks: number[] = [];

beforeAll(async () => {
  router = await startRouter();
  api = await ApiClient.signIn(router.url);
});

afterAll(async () => {
  await Promise.all([router?.close(), ...receivers.map((receiver) => receiver.close())]);
});

afterEach(async () => {
  for (const id of webhooks.splice(0)) {
    await fetch(`${router.url}/api/v1/webhooks/waba/${id}/`, {
      method: 'DELETE',
      headers: { authorization: `Token ${api.token}` },
    });
  }
});

async function subscribe(receiver: Receiver): Promise<number> {
  receivers.push(receiver);
  const made = await api.post<{ id: number }>('webhooks/waba/', {
    url: receiver.url,
    on_cloud_api: true,
  });
  expect(made.status).toBe(201);
  webhooks.push(made.body.id);
  return made.body.id;
}

function idsAt(receiver: Receiver): string[] {
  return receiver.received.map(
    ({ body }) => JSON.parse(body).entry[0].changes[0].value.messages[0].id,
  );
}

describe('a subscriber', () => {
  it('that is down and comes up again gets what it missed, under the same webhook-id', async () => {
    const receiver = await startReceiver();
    receiver.answer = (response) => response.writeHead(503).end();
    await subscribe(receiver);
    await postToIngest(router.url, textMessage('down-1'));
    await expect.poll(() => receiver.received.length).toBe(1);
    receiver.answer = (response) => response.writeHead(204).end();
    await expect.poll(() => idsAt(receiver), { timeout: 15_000 }).toEqual(['down-1', 'down-1']);
    const [first, second] = receiver.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    expect(second?.at ?? 0).toBeGreaterThanOrEqual((first?.at ?? 0) + 5000);
  });

  it('that hangs holds up nobody beside it', async () => {
    const hanging = await startReceiver();
    hanging.answer = () => undefined;
    const fast = await startReceiver();
    await subscribe(hanging);
    await subscribe(fast);
    const latencies: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      const sentAt = Date.now();
      await postToIngest(router.url, textMessage(`hang-${index}`));
      await expect
        .poll(() => idsAt(fast), { timeout: 5000, interval: 10 })
        .toContain(`hang-${index}`);
      latencies.push(Date.now() - sentAt);
    }
    // One may be behind the hanging one in the queue's lane; once that has left, nobody waits.
    expect(latencies.filter((ms) => ms >= 500).length).toBeLessThanOrEqual(1);
    expect(Math.max(...latencies)).toBeLessThan(2500);
    expect(hanging.received.length).toBeLessThan(4);
  });

  it('that redirects is not followed', async () => {
    const elsewhere = await startReceiver();
    receivers.push(elsewhere);
    const receiver = await startReceiver();
    receiver.answer = (response) => response.writeHead(302, { location: elsewhere.url }).end();
    await subscribe(receiver);
    await postToIngest(router.url, textMessage('redirect-1'));
    await expect.poll(() => receiver.received.length, { timeout: 15_000 }).toBe(2);
    expect(elsewhere.received).toEqual([]);
  });

  it('that answers 410 is disabled, says so, and misses nothing when it is enabled again', async () => {
    const receiver = await startReceiver();
    receiver.answer = (response) => response.writeHead(410).end();
    const id = await subscribe(receiver);
    await postToIngest(router.url, textMessage('gone-1'));
    await expect
      .poll(async () => (await api.get(`webhooks/waba/${id}/`)).body)
      .toMatchObject({ is_enabled: false, disabled_reason: expect.stringContaining('410') });
    await postToIngest(router.url, textMessage('gone-2'));
    receiver.answer = (response) => response.writeHead(200).end();
    await api.patch(`webhooks/waba/${id}/`, { is_enabled: true });
    await expect
      .poll(() => idsAt(receiver), { timeout: 15_000 })
      .toEqual(['gone-1', 'gone-1', 'gone-2']);
  });

  it('gets only what came after it subscribed', async () => {
    await postToIngest(router.url, textMessage('before'));
    const receiver = await startReceiver();
    await subscribe(receiver);
    await postToIngest(router.url, textMessage('after'));
    await expect.poll(() => idsAt(receiver)).toEqual(['after']);
  });
});
