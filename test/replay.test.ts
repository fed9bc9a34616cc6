import { afterEach, describe, expect, it } from 'vitest';
import { ApiClient } from './support/api-client.ts';
import { startReceiver, type Received, type Receiver } from './support/receiver.ts';
import { startRouter, type Router } from './support/router.ts';
import { postToIngest, textMessage } from './support/whatsapp.ts';

/** Enough for a replay at the highest pace to take some seconds. */
const PAST = 150;
const PER_SECOND = 50;

interface Replay {
  id: number;
  state: string;
  total: number | null;
  queued: number;
  delivered: number;
  pending: number;
}

const started: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.close()));
});

/** A router with one webhook, which has been sent `PAST` events. */
async function routerWithPast(): Promise<{
  router: Router;
  receiver: Receiver;
  api: ApiClient;
  replays: string;
}> {
  const [router, receiver] = await Promise.all([startRouter(), startReceiver()]);
  started.push(router, receiver);
  const api = await ApiClient.signIn(router.url);
  const made = await api.post<{ id: number }>('webhooks/waba/', {
    url: receiver.url,
    on_cloud_api: true,
  });
  await Promise.all(
    Array.from({ length: 6 }, async (_, lane) => {
      for (let index = lane; index < PAST; index += 6)
        await postToIngest(router.url, textMessage(`past-${index}`));
    }),
  );
  await expect.poll(() => receiver.received.length, { timeout: 30_000 }).toBe(PAST);
  return { router, receiver, api, replays: `webhooks/waba/${made.body.id}/replays/` };
}

function isReplayed({ headers }: Received): boolean {
  return headers['waypost-replay'] !== undefined;
}

function deliveryId({ headers }: Received): string {
  return String(headers['webhook-id']);
}

function messageId({ body }: Received): string {
  return JSON.parse(body).entry[0].changes[0].value.messages[0].id;
}

describe('a replay', () => {
  it('sends the past again under the same ids, and holds up nothing that is new', async () => {
    const { router, receiver, api, replays } = await routerWithPast();
    const before = new Map(receiver.received.map((one) => [deliveryId(one), one.body]));
    const dry = await api.post(replays, { dry_run: true });
    expect(dry).toEqual({ status: 200, body: { count: PAST } });
    const { body: replay } = await api.post<Replay>(replays, { per_second: PER_SECOND });
    expect(replay).toMatchObject({ state: 'running', total: PAST });
    const latencies: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      const sentAt = Date.now();
      await postToIngest(router.url, textMessage(`live-${index}`));
      await expect
        .poll(() => receiver.received.some((one) => messageId(one) === `live-${index}`), {
          timeout: 10_000,
          interval: 10,
        })
        .toBe(true);
      latencies.push(Date.now() - sentAt);
    }
    // In the middle: one that a busy machine made wait says nothing.
    expect(latencies.toSorted((a, b) => a - b)[10]).toBeLessThan(1_000);
    await expect
      .poll(async () => (await api.get<Replay>(`${replays}${replay.id}/`)).body, {
        timeout: 40_000,
      })
      .toMatchObject({ state: 'done', queued: PAST, delivered: PAST, pending: 0 });
    const again = receiver.received.filter(isReplayed);
    expect(new Map(again.map((one) => [deliveryId(one), one.body]))).toEqual(before);
    expect(again).toHaveLength(PAST);
    expect(new Set(again.map(({ headers }) => headers['waypost-replay']))).toEqual(
      new Set([String(replay.id)]),
    );
    expect(
      receiver.received.filter((one) => messageId(one).startsWith('live-')).some(isReplayed),
    ).toBe(false);
  });

  it('that a kill interrupts goes on after the start, and leaves nothing out', async () => {
    const { router, receiver, api, replays } = await routerWithPast();
    const past = new Set(receiver.received.map(deliveryId));
    const { body: replay } = await api.post<Replay>(replays, { per_second: PER_SECOND });
    await expect
      .poll(() => receiver.received.filter(isReplayed).length, { timeout: 20_000, interval: 20 })
      .toBeGreaterThan(PAST / 10);
    await router.kill();
    expect(receiver.received.filter(isReplayed).length).toBeLessThan(PAST);
    await router.start();
    // Whoever asks first wakes the clock.
    await expect
      .poll(async () => (await api.get<Replay>(`${replays}${replay.id}/`)).body, {
        timeout: 100_000,
      })
      .toMatchObject({ state: 'done', queued: PAST, delivered: PAST, pending: 0 });
    expect(new Set(receiver.received.filter(isReplayed).map(deliveryId))).toEqual(past);
  }, 150_000);
});
