import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { startFaultyRouter, type FaultyRouter } from '../support/faulty-router.ts';
import { pause } from '../support/pause.ts';
import { startRawReceiver, type RawReceiver } from '../support/raw-receiver.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { postToIngest, textMessage } from '../support/whatsapp.ts';

const OK = 'HTTP/1.1 200 OK\r\n';

/** Writes for as long as the other side reads. */
function pour(socket: Socket, chunk: Buffer | string, everyMs: number): void {
  const timer = setInterval(() => {
    if (!socket.write(chunk)) {
      clearInterval(timer);
      socket.once('drain', () => pour(socket, chunk, everyMs));
    }
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
}

/** Half a gigabyte of zeros in half a megabyte. */
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024));

/** An attempt's deadline (docs/delivery.md, promise 6). */
const DEADLINE_MS = 15_000;

function answerAfter(ms: number): (socket: Socket) => void {
  return (socket) => {
    const timer = setTimeout(() => socket.end(`${OK}content-length: 0\r\n\r\n`), ms);
    socket.on('close', () => clearTimeout(timer));
  };
}

/** Receivers whose answer counts as a success, however they go on. */
const TAKEN: Record<string, (socket: Socket) => void> = {
  'an endless body': (socket) => {
    socket.write(`${OK}transfer-encoding: chunked\r\n\r\n`);
    pour(socket, `4000\r\n${'x'.repeat(0x4000)}\r\n`, 1);
  },
  'a body of 100 MB': (socket) => {
    socket.write(`${OK}content-length: 104857600\r\n\r\n`);
    pour(socket, Buffer.alloc(1024 * 1024), 1);
  },
  'a gzip bomb': (socket) => {
    socket.write(`${OK}content-encoding: gzip\r\ncontent-length: ${BOMB.length}\r\n\r\n`);
    socket.write(BOMB);
  },
  '1,000 headers': (socket) => {
    const headers = Array.from({ length: 1000 }, (_, index) => `x-${index}: ${index}\r\n`).join('');
    socket.end(`${OK}${headers}content-length: 0\r\n\r\n`);
  },
  'HTTP/1.0': (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nfine'),
  'NUL bytes in its body': (socket) => socket.end(`${OK}content-length: 4\r\n\r\n\0\0\0\0`),
};

/** How many links of the chain were asked for; each that is followed is a request without a reason. */
let chained = 0;

const LATE = 'headers a second after the deadline';

/** Receivers whose delivery fails, and is made again. */
const FAILED: Record<string, (socket: Socket) => void> = {
  'a reset before its headers': (socket) => socket.resetAndDestroy(),
  'a reset in its headers': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-le');
    setTimeout(() => socket.resetAndDestroy(), 50);
  },
  'a reset in its body': (socket) => {
    socket.write(`${OK}content-length: 100\r\n\r\nhalf`);
    setTimeout(() => socket.resetAndDestroy(), 50);
  },
  'something that is no HTTP': (socket) => socket.end('\0\0\0 220 smtp ready\r\n'),
  'NUL bytes in a header': (socket) => socket.end(`${OK}x-nul: a\0b\r\ncontent-length: 0\r\n\r\n`),
  'a redirect to itself': (socket) =>
    socket.end('HTTP/1.1 307 Temporary Redirect\r\nlocation: /hook\r\ncontent-length: 0\r\n\r\n'),
  'a chain of redirects': (socket) => {
    chained += 1;
    const location = `/hook?${chained}`;
    socket.end(`HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`);
  },
  [LATE]: answerAfter(DEADLINE_MS + 1000),
};

/** Receivers that are taken out of the fast lane and still have the delivery at their first answer. */
const SLOW: Record<string, (socket: Socket) => void> = {
  'headers a second before the deadline': answerAfter(DEADLINE_MS - 1000),
};

/** Receivers that use their deadline up; nobody else may wait for them. */
const HANGING: Record<string, (socket: Socket) => void> = {
  silence: () => undefined,
  'one byte per second': (socket) => {
    socket.write(`${OK}content-length: 100000\r\n\r\n`);
    pour(socket, '.', 1000);
  },
  'headers that never end': (socket) => {
    socket.write(OK);
    pour(socket, 'x: y\r\n', 1000);
  },
};

const ALL = { ...TAKEN, ...FAILED, ...SLOW, ...HANGING };

/** The fast lane waits for one receiver so long, and some. */
const PATIENCE_MS = 1200;

/** Of an invocation (Workers limits); the platform queues a seventh silently, with its clock running. */
const MAX_CONNECTIONS = 6;

/** Beside whom nobody notices that another one is slow: far below the second that a lane is patient. */
const AT_ONCE_MS = 800;

let router: FaultyRouter;
let api: ApiClient;
let healthy: Receiver;
let refusing: { port: number; met: string };
const started: Record<string, RawReceiver> = {};
/** How many events came since each webhook was made. */
const eventsFor: Record<string, number> = {};

function idsAtHealthy(): string[] {
  return healthy.received.map(
    ({ body }) => JSON.parse(body).entry[0].changes[0].value.messages[0].id,
  );
}

/** Posts an event; returns after how many milliseconds the healthy one had it. */
async function healthyAfter(id: string): Promise<number> {
  const sentAt = Date.now();
  for (const name of Object.keys(started)) eventsFor[name] = (eventsFor[name] ?? 0) + 1;
  expect(await postToIngest(router.url, textMessage(id))).toBe(200);
  await expect.poll(idsAtHealthy, { interval: 5, timeout: 10_000 }).toContain(id);
  return (healthy.received[idsAtHealthy().indexOf(id)]?.at ?? Infinity) - sentAt;
}

async function subscribe(url: string): Promise<void> {
  const made = await api.post('webhooks/waba/', { url, on_cloud_api: true });
  expect(made.status).toBe(201);
}

beforeAll(async () => {
  router = await startFaultyRouter();
  api = await ApiClient.signIn(router.url);
  healthy = await startReceiver();
  await subscribe(healthy.url);
});

afterAll(async () => {
  await Promise.all([
    router?.close(),
    healthy?.close(),
    ...Object.values(started).map((one) => one.close()),
  ]);
});

describe('beside a receiver from hell, at their first encounter and among all those before it', () => {
  it.each(Object.entries(ALL))(
    'of %s, a healthy one gets its event at once',
    async (name, answer) => {
      started[name] = await startRawReceiver(answer);
      await subscribe(started[name].url);
      expect(await healthyAfter(`met ${name}`)).toBeLessThan(AT_ONCE_MS);
      // The local queue has few batches under way at once, so the next encounter waits for this one's end.
      if (name in SLOW || name in HANGING || name === LATE) await pause(PATIENCE_MS);
    },
  );

  it('of a refused connection, a healthy one gets its event at once', async () => {
    const closed = await startReceiver();
    await closed.close();
    refusing = { port: Number(new URL(closed.url).port), met: 'met nobody' };
    await subscribe(closed.url);
    expect(await healthyAfter(refusing.met)).toBeLessThan(AT_ONCE_MS);
  });

  it('of all at once, one that is made last gets everything at once', async () => {
    const last = await startReceiver();
    await subscribe(last.url);
    for (let index = 1; index <= 5; index += 1) {
      expect(await healthyAfter(`after hell ${index}`)).toBeLessThan(2000);
      await expect.poll(() => last.received.length, { interval: 10, timeout: 2000 }).toBe(index);
    }
    await last.close();
  });
});

describe('a delivery that met', () => {
  it('nobody at all is made again, once somebody listens', async () => {
    const found = await startReceiver(refusing.port);
    await expect
      .poll(() => found.received.map(({ body }) => body).join(), { timeout: 30_000 })
      .toContain(refusing.met);
    await found.close();
  });

  it.each(Object.keys(FAILED))('%s is made again, under the same id', async (name) => {
    await expect
      .poll(
        () => {
          const [first, ...later] = started[name]?.ids ?? [];
          return later.includes(first ?? '');
        },
        { timeout: 45_000 },
      )
      .toBe(true);
  });

  it('a chain of redirects has followed none of them', () => {
    expect(chained).toBe(started['a chain of redirects']?.ids.length);
  });

  it.each(Object.keys(TAKEN))('%s is not made again', async (name) => {
    const expected = eventsFor[name] ?? 0;
    await expect.poll(() => new Set(started[name]?.ids).size, { timeout: 30_000 }).toBe(expected);
    expect(started[name]?.ids).toHaveLength(expected);
  });

  it.each(Object.keys(SLOW))('%s is not made again', async (name) => {
    // The next event is only tried after the first one had its answer.
    await expect.poll(() => started[name]?.ids.length, { timeout: 30_000 }).toBeGreaterThan(1);
    expect(new Set(started[name]?.ids).size).toBe(started[name]?.ids.length);
  });

  it.each(Object.keys(HANGING))('%s does not stop the router', async (name) => {
    expect(started[name]?.ids.length).toBeGreaterThan(0);
    expect((await fetch(`${router.url}/readyz`)).status).toBe(200);
  });
});

describe('an invocation', () => {
  it(`never had more than ${MAX_CONNECTIONS} connections open, whatever it met`, async () => {
    // More at the same moment than the requests deliver themselves: for the queue.
    await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        postToIngest(router.url, textMessage(`at once ${index}`)),
      ),
    );
    await expect.poll(idsAtHealthy).toEqual(expect.arrayContaining(['at once 0', 'at once 4']));
    const { connections } = await router.order({});
    expect(Object.keys(connections)).toEqual(
      expect.arrayContaining(['request', 'waypost-events', 'waypost-due']),
    );
    expect(Object.entries(connections).filter(([, most]) => most > MAX_CONNECTIONS)).toEqual([]);
  });
});
