import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/start-sandbox.ts';
import { ApiClient } from '../support/api-client.ts';
import { startFaultyRouter, type FaultyRouter } from '../support/faulty-router.ts';
import { freePort } from '../support/free-port.ts';
import { pause } from '../support/pause.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { startSandboxFor } from '../support/sandbox.ts';
import { countDeliveries } from './deliveries.ts';
import { receive, send, type Load } from './load.ts';

/** How often the whole runtime is killed; `npm run chaos` takes longer than `npm test`. */
const KILLS = Number(process.env['KILLS'] ?? 2);

/** Only over many kills, with time between them, does the share of duplicates say something. */
const IS_LONG = KILLS >= 10;

/** Milliseconds from a start to the next kill. */
const LIFE_MS = IS_LONG ? { least: 5000, most: 25_000 } : { least: 1500, most: 4000 };

/** Of all calls to D1, R2 and the queues. */
const FAULT_RATE = 0.05;

/** Of all sends that the sandbox accepts, about: it does not answer. */
const LOST_ANSWERS_EVERY_MS = 3000;

const MAX_DUPLICATES = 0.001;

/** A send whose answer was lost is made again after a minute; a busy machine needs its time, too. */
const SETTLE_MS = 180_000;

const EVERY_MS = 50;

/** Enough of them that some come at once, and are stored together. */
const LANES = ['in-a', 'in-b', 'in-c', 'in-d', 'in-e', 'in-f'];

let router: FaultyRouter;
let sandbox: Sandbox;
const receivers: Receiver[] = [];
const load: Load = { answered: new Set(), accepted: new Set() };
const faults = { calls: 0, before: 0, after: 0, lostAnswers: 0 };
let loadedMs = 0;

async function loseAnswers(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await pause(Math.random() * 2 * LOST_ANSWERS_EVERY_MS);
    sandbox.failNext({ method: 'POST', path: '/messages', times: 1, dropAfterAccept: true });
    faults.lostAnswers += 1;
  }
}

async function liveAndDie(): Promise<void> {
  await router.order({ rate: FAULT_RATE });
  await pause(LIFE_MS.least + Math.random() * (LIFE_MS.most - LIFE_MS.least));
  const { calls, before, after } = await router.order({});
  faults.calls += calls;
  faults.before += before;
  faults.after += after;
  await router.kill();
  await router.start();
}

function sentTexts(): string[] {
  return sandbox.sent.map(({ body }) => (body as { text: { body: string } }).text.body);
}

function undelivered(receiver: Receiver): string[] {
  const { idsOf } = countDeliveries(receiver);
  return [...load.answered].filter((id) => !idsOf.has(id));
}

beforeAll(
  async () => {
    const port = await freePort();
    sandbox = await startSandboxFor(port, {
      answerDelayMs: 200,
      statusDelayMs: 100,
      openWindows: true,
    });
    router = await startFaultyRouter({ PORT: String(port), WABA_API_URL: sandbox.url });
    const api = await ApiClient.signIn(router.url);
    for (const wanted of [{ on_cloud_api: true }, { on_incoming_message: true }]) {
      const receiver = await startReceiver();
      receivers.push(receiver);
      await api.post('webhooks/waba/', { url: receiver.url, ...wanted });
    }
    let over = false;
    const isOver = (): boolean => over;
    const startedAt = Date.now();
    const options = { url: router.url, everyMs: EVERY_MS, isOver };
    const working = [
      send(api, { ...options, name: 'out', everyMs: 2 * EVERY_MS }, load),
      ...LANES.map((lane) => receive({ ...options, name: lane, everyMs: 3 * EVERY_MS }, load)),
      loseAnswers(isOver),
    ];
    for (let kill = 0; kill < KILLS; kill += 1) await liveAndDie();
    await router.order({ rate: FAULT_RATE });
    await pause(1000);
    over = true;
    loadedMs = Date.now() - startedAt;
    await Promise.all(working);
    sandbox.clearFaults();
  },
  60_000 + KILLS * 45_000,
);

afterAll(async () => {
  report();
  await Promise.all([router?.close(), sandbox?.close(), ...receivers.map((one) => one.close())]);
});

describe(`a router under load and with ${FAULT_RATE * 100} % faults, killed ${KILLS} times`, () => {
  it('delivers every event that was answered 200 to everyone', { timeout: SETTLE_MS }, async () => {
    expect(load.answered.size).toBeGreaterThan(20 * KILLS);
    for (const receiver of receivers) {
      await expect
        .poll(() => undelivered(receiver), { timeout: SETTLE_MS, interval: 1000 })
        .toEqual([]);
    }
  });

  it('sends every accepted message, and none twice', { timeout: SETTLE_MS }, async () => {
    expect(load.accepted.size).toBeGreaterThan(5 * KILLS);
    await expect
      .poll(() => [...load.accepted].filter((text) => !sentTexts().includes(text)), {
        timeout: SETTLE_MS,
        interval: 1000,
      })
      .toEqual([]);
    const texts = sentTexts();
    expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
    expect(sandbox.violations).toEqual([]);
  });

  it('delivers nothing twice but under the same webhook-id', () => {
    const ids = receivers.flatMap((receiver) => [...countDeliveries(receiver).idsOf]);
    expect(ids.filter(([, webhookIds]) => webhookIds.size > 1)).toEqual([]);
  });

  it.runIf(IS_LONG)(`repeats at most ${MAX_DUPLICATES * 100} % of its deliveries`, () => {
    const { count, duplicates } = totals();
    expect(duplicates / count).toBeLessThanOrEqual(MAX_DUPLICATES);
  });
});

function totals(): { count: number; duplicates: number } {
  const all = receivers.map(countDeliveries);
  return {
    count: all.reduce((sum, one) => sum + one.count, 0),
    duplicates: all.reduce((sum, one) => sum + one.duplicates, 0),
  };
}

/** Past vitest's own reporter, which is silent about what passes. */
function report(): void {
  const { count, duplicates } = totals();
  const texts = sentTexts();
  const figures = {
    kills: KILLS,
    seconds: Math.round(loadedMs / 1000),
    calls: faults.calls,
    failed_before: faults.before,
    failed_after: faults.after,
    answers_of_waba_lost: faults.lostAnswers,
    events_answered_200: load.answered.size,
    events_lost: receivers.map((receiver) => undelivered(receiver).length),
    deliveries: count,
    duplicates,
    duplicates_percent: Number(((100 * duplicates) / Math.max(count, 1)).toFixed(3)),
    messages_accepted: load.accepted.size,
    messages_lost: [...load.accepted].filter((text) => !texts.includes(text)).length,
    messages_sent: texts.length,
    messages_sent_twice: texts.length - new Set(texts).size,
  };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}
