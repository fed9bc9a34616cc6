import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/start-sandbox.ts';
import { ApiClient } from '../support/api-client.ts';
import { startFaultyRouter, type FaultyRouter } from '../support/faulty-router.ts';
import { freePort } from '../support/free-port.ts';
import { pause } from '../support/pause.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { startSandboxFor } from '../support/sandbox.ts';
import { postToIngest, textMessage } from '../support/whatsapp.ts';
import { countDeliveries } from './deliveries.ts';

/** How long a service is away; `npm run chaos` takes longer than `npm test`. */
const OUTAGE_MS = process.env['KILLS'] === undefined ? 8000 : 60_000;

/** A light load: between two events. */
const EVERY_MS = 200;

/** Posted at the same moment. */
const BURST = 10;

/** Deliveries go on within this time of a service's return. */
const HEALED_MS = 10_000;

/** What came in the last moment of an outage is looked for only once it is ten seconds old. */
const BACKLOG_MS = 15_000;

type Service = 'storageDown' | 'queuesDown';

/** One message of the load, with what was answered. */
interface Posted {
  id: string;
  /** Whether the service was away from before the request to after its answer. */
  wasDown: boolean;
  ingest: number;
  send: number;
}

let router: FaultyRouter;
let sandbox: Sandbox;
let receiver: Receiver;
let api: ApiClient;

beforeAll(async () => {
  const port = await freePort();
  sandbox = await startSandboxFor(port, { openWindows: true });
  router = await startFaultyRouter({ PORT: String(port), WABA_API_URL: sandbox.url });
  receiver = await startReceiver();
  api = await ApiClient.signIn(router.url);
  await api.post('webhooks/waba/', { url: receiver.url, on_incoming_message: true });
});

afterAll(async () => {
  await Promise.all([router?.close(), sandbox?.close(), receiver?.close()]);
});

function delivered(): Set<string> {
  return new Set(countDeliveries(receiver).idsOf.keys());
}

function sentTexts(): string[] {
  return sandbox.sent.map(({ body }) => (body as { text: { body: string } }).text.body);
}

async function postOne(id: string, isDown: () => boolean): Promise<Posted> {
  const wasDownBefore = isDown();
  const message = { wa_id: `4922${id.replace(/\D/g, '')}`, type: 'text', text: { body: id } };
  const [ingest, send] = await Promise.all([
    postToIngest(router.url, textMessage(id)),
    api.post('messages/', message).then(({ status }) => status),
  ]);
  return { id, wasDown: wasDownBefore && isDown(), ingest, send };
}

/** Posts until `isOver`; returns all that it posted. */
async function post(name: string, isDown: () => boolean, isOver: () => boolean): Promise<Posted[]> {
  const posting: Promise<Posted>[] = [];
  for (let index = 0; !isOver(); index += 1) {
    posting.push(postOne(`${name}-${index}`, isDown));
    await pause(EVERY_MS);
  }
  return Promise.all(posting);
}

/** Posts some at the same moment: more than the requests deliver themselves. */
function postBurst(name: string, isDown: () => boolean): Promise<Posted[]> {
  return Promise.all(
    Array.from({ length: BURST }, (_, index) => postOne(`${name}-burst-1${index}`, isDown)),
  );
}

/** What was posted before, meanwhile and after, and what of a burst was not delivered while a service was away. */
interface Outage {
  posted: Posted[];
  waiting: Posted[];
  returnedAt: number;
}

/** Lets a service be away under load, with a burst when that begins. */
async function outage(service: Service): Promise<Outage> {
  const state = { isDown: false, isOver: false };
  const load = post(
    service,
    () => state.isDown,
    () => state.isOver,
  );
  await pause(1000);
  await router.order({ [service]: true });
  state.isDown = true;
  const burst = await postBurst(service, () => state.isDown);
  await pause(OUTAGE_MS);
  const waiting = burst.filter(({ id }) => !delivered().has(id));
  state.isDown = false;
  await router.order({ [service]: false });
  const returnedAt = Date.now();
  await pause(2000);
  state.isOver = true;
  return { posted: [...(await load), ...burst], waiting, returnedAt };
}

function missing({ posted }: { posted: readonly Posted[] }): string[] {
  const got = delivered();
  const sent = new Set(sentTexts());
  return [
    ...posted.filter(({ id, ingest }) => ingest === 200 && !got.has(id)).map(({ id }) => id),
    ...posted.filter(({ id, send }) => send === 202 && !sent.has(id)).map(({ id }) => `send ${id}`),
  ];
}

async function countMessages(): Promise<number> {
  return (await api.get<{ count: number }>('messages/?limit=1')).body.count;
}

/** Milliseconds from the service's return to the first delivery after it. */
function firstDeliveryAfter(returnedAt: number): number {
  return (receiver.received.find(({ at }) => at > returnedAt)?.at ?? Infinity) - returnedAt;
}

describe(`without storage for ${OUTAGE_MS / 1000} s`, () => {
  it(
    'refuses what it cannot store, and makes good for all else by itself',
    async () => {
      const before = await countMessages();
      const seen = await outage('storageDown');
      const down = seen.posted.filter(({ wasDown }) => wasDown);
      expect(down.length).toBeGreaterThan(10);
      expect(down.filter(({ ingest }) => ingest < 500)).toEqual([]);
      expect(down.filter(({ send }) => send < 500)).toEqual([]);
      await expect.poll(() => missing(seen), { timeout: BACKLOG_MS }).toEqual([]);
      expect(firstDeliveryAfter(seen.returnedAt)).toBeLessThan(HEALED_MS);

      const stored = seen.posted.filter(({ ingest }) => ingest === 200).length;
      const accepted = seen.posted.filter(({ send }) => send === 202).length;
      expect((await countMessages()) - before).toBe(stored + accepted);
      const [first] = down;
      expect(await postToIngest(router.url, textMessage(first?.id ?? ''))).toBe(200);
      await expect.poll(() => delivered().has(first?.id ?? '')).toBe(true);
      expect(new Set(sentTexts()).size).toBe(sentTexts().length);
    },
    OUTAGE_MS + 60_000,
  );
});

describe(`without queues for ${OUTAGE_MS / 1000} s`, () => {
  it(
    'takes everything, and delivers it when they are back',
    async () => {
      const seen = await outage('queuesDown');
      expect(seen.posted.filter(({ wasDown }) => wasDown).length).toBeGreaterThan(10);
      expect(seen.posted.filter(({ ingest, send }) => ingest !== 200 || send !== 202)).toEqual([]);
      await expect.poll(() => missing(seen), { timeout: BACKLOG_MS }).toEqual([]);
      expect(seen.waiting.length).toBeGreaterThan(0);
      expect(firstDeliveryAfter(seen.returnedAt)).toBeLessThan(HEALED_MS);
      expect(new Set(sentTexts()).size).toBe(sentTexts().length);
    },
    OUTAGE_MS + 60_000,
  );
});
