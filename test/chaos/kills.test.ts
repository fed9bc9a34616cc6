import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.ts';
import { ApiClient } from '../support/api-client.ts';
import { freePort } from '../support/free-port.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { startRouter, type Router } from '../support/router.ts';
import { postToIngest, textMessage } from '../support/whatsapp.ts';

/** How often the whole runtime is killed; `npm run chaos` takes longer than `npm test`. */
const KILLS = Number(process.env['KILLS'] ?? 3);

/** A send whose answer was lost is made again after a minute; a busy machine needs its time, too. */
const SETTLE_MS = 180_000;

let router: Router;
let sandbox: Sandbox;
let receiver: Receiver;
const answered = new Set<string>();
const accepted = new Set<string>();

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Posts events as WABA does until `isOver`, and remembers those that were answered 200. */
async function receive(lane: number, isOver: () => boolean): Promise<void> {
  for (let index = 0; !isOver(); index += 1) {
    const id = `in-${lane}-${index}`;
    const status = await postToIngest(router.url, textMessage(id, id, `4811${index % 50}`)).catch(
      () => 0,
    );
    if (status === 200) answered.add(id);
    await pause(status === 200 ? 20 : 150);
  }
}

/** Posts messages as a client does until `isOver`, and remembers those that were accepted. */
async function send(api: ApiClient, isOver: () => boolean): Promise<void> {
  for (let index = 0; !isOver(); index += 1) {
    const body = `out-${index}`;
    const message = { wa_id: `4922${index % 30}`, type: 'text', text: { body } };
    const answer = await api
      .post('messages/', message, { 'idempotency-key': body })
      .catch(() => null);
    if (answer?.status === 202) accepted.add(body);
    await pause(answer === null ? 150 : 50);
  }
}

function receivedIds(): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { body, headers } of receiver.received) {
    for (const message of JSON.parse(body).entry[0].changes[0].value.messages ?? []) {
      ids.set(message.id, [...(ids.get(message.id) ?? []), String(headers['webhook-id'])]);
    }
  }
  return ids;
}

function sentTexts(): string[] {
  return sandbox.sent.map(({ body }) => (body as { text: { body: string } }).text.body);
}

beforeAll(async () => {
  const port = await freePort();
  sandbox = await startSandbox({
    port: 0,
    apiKey: 'sandbox-key',
    webhookUrl: `http://localhost:${port}/waba/webhook`,
    webhookHeaders: { authorization: 'Bearer local-webhook-token' },
    answerDelayMs: 200,
    statusDelayMs: 100,
  });
  router = await startRouter({ PORT: String(port), WABA_API_URL: sandbox.url });
  receiver = await startReceiver();
  const api = await ApiClient.signIn(router.url);
  await api.post('webhooks/waba/', { url: receiver.url, on_cloud_api: true });
  let isOver = false;
  const load = [
    send(api, () => isOver),
    ...[0, 1, 2, 3].map((lane) => receive(lane, () => isOver)),
  ];
  for (let kill = 0; kill < KILLS; kill += 1) {
    await pause(1500 + Math.random() * 2500);
    await router.kill();
    await router.start();
  }
  await pause(1000);
  isOver = true;
  await Promise.all(load);
}, KILLS * 30_000);

afterAll(async () => {
  await Promise.all([router?.close(), sandbox?.close(), receiver?.close()]);
});

describe(`a router under load, killed ${KILLS} times`, () => {
  it('delivers every event that was answered 200', { timeout: SETTLE_MS }, async () => {
    expect(answered.size).toBeGreaterThan(50 * KILLS);
    await expect
      .poll(() => [...answered].filter((id) => !receivedIds().has(id)).length, {
        timeout: SETTLE_MS,
        interval: 500,
      })
      .toBe(0);
  });

  it('delivers nothing twice but under the same webhook-id', () => {
    const repeated = [...receivedIds().values()].filter((ids) => ids.length > 1);
    expect(repeated.filter((ids) => new Set(ids).size > 1)).toEqual([]);
  });

  it('sends every accepted message, and none twice', { timeout: SETTLE_MS }, async () => {
    expect(accepted.size).toBeGreaterThan(10 * KILLS);
    await expect
      .poll(() => [...accepted].filter((text) => !sentTexts().includes(text)), {
        timeout: SETTLE_MS,
        interval: 500,
      })
      .toEqual([]);
    expect(new Set(sentTexts()).size).toBe(sentTexts().length);
    expect(sandbox.violations).toEqual([]);
  });
});
