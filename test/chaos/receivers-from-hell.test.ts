import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { startRawReceiver, type RawReceiver } from '../support/raw-receiver.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { startRouter, type Router } from '../support/router.ts';
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
  'a redirect to itself': (socket) =>
    socket.end('HTTP/1.1 307 Temporary Redirect\r\nlocation: /hook\r\ncontent-length: 0\r\n\r\n'),
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

let router: Router;
let healthy: Receiver;
const started: Record<string, RawReceiver> = {};

beforeAll(async () => {
  router = await startRouter();
  const api = await ApiClient.signIn(router.url);
  healthy = await startReceiver();
  for (const [name, answer] of Object.entries({ ...TAKEN, ...FAILED, ...HANGING })) {
    started[name] = await startRawReceiver(answer);
    await api.post('webhooks/waba/', { url: started[name].url, on_cloud_api: true });
  }
  await api.post('webhooks/waba/', { url: healthy.url, on_cloud_api: true });
  await postToIngest(router.url, textMessage('hell'));
});

afterAll(async () => {
  await Promise.all([
    router?.close(),
    healthy?.close(),
    ...Object.values(started).map((one) => one.close()),
  ]);
});

describe('among receivers from hell', () => {
  it('a healthy one gets everything, and at once after the first encounter', async () => {
    await expect.poll(() => healthy.received.length, { timeout: 20_000 }).toBe(1);
    // Those that hang leave the lane after a second each, four at a time.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    for (let index = 0; index < 5; index += 1) {
      const sentAt = Date.now();
      await postToIngest(router.url, textMessage(`after-hell-${index}`));
      await expect
        .poll(() => healthy.received.length, { interval: 10, timeout: 10_000 })
        .toBe(index + 2);
      expect(Date.now() - sentAt).toBeLessThan(2000);
    }
  });

  it.each(Object.keys(FAILED))(
    'a delivery that met %s is made again, under the same id',
    async (name) => {
      await expect
        .poll(
          () => {
            const [first, ...later] = started[name]?.ids ?? [];
            return later.includes(first ?? '');
          },
          { timeout: 30_000 },
        )
        .toBe(true);
    },
  );

  it.each(Object.keys(TAKEN))(
    'a delivery that was answered with %s is not made again',
    async (name) => {
      // Six events, each taken at its one attempt.
      await expect.poll(() => new Set(started[name]?.ids).size, { timeout: 30_000 }).toBe(6);
      expect(started[name]?.ids).toHaveLength(6);
    },
  );

  it.each(Object.keys(HANGING))('a delivery that met %s does not stop the router', async (name) => {
    expect(started[name]?.ids.length).toBeGreaterThan(0);
    expect((await fetch(`${router.url}/readyz`)).status).toBe(200);
  });
});
