// The websockets of the bench's browsers, in a process of their own.
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { clockMs } from '../clock.ts';
import { assertLoopback } from '../loopback.ts';
import { Arrivals, type ArrivalReport } from './arrivals.ts';
import { serveAgent } from './serve-agent.ts';

/** How many at a time are opened: each is a request, too. */
const OPENING = 20;

const SETTLE_MS = 300;

/** Where to, and as whom. */
interface SocketWish {
  url: string;
  token?: string;
}

let arrivals = new Arrivals('', 0, 0);
let sockets: WebSocket[] = [];

async function openOne({ url, token }: SocketWish): Promise<void> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  if (token !== undefined) {
    socket.send(JSON.stringify({ token }));
    await once(socket, 'message');
  }
  const receiver = sockets.push(socket) - 1;
  socket.on('message', (data: Buffer) =>
    arrivals.note(receiver, data.toString('latin1'), clockMs()),
  );
}

const calls = {
  /** Opens so many sockets; with a token, until they have shown it and been welcomed. */
  open: async ({ count, ...wish }: SocketWish & { count: number }): Promise<void> => {
    assertLoopback(wish.url);
    let left = count;
    const lanes = Array.from({ length: Math.min(OPENING, count) }, async () => {
      while (left > 0) {
        left -= 1;
        await openOne(wish);
      }
    });
    await Promise.all(lanes);
  },
  /** A load of that name begins; so many frames of it are to come to each socket. */
  expect: ({ name, count }: { name: string; count: number }): void => {
    arrivals = new Arrivals(name, count, sockets.length);
  },
  /** What came, once everything has, or after so long (ms). */
  arrived: async (timeoutMs: number): Promise<ArrivalReport> => {
    await arrivals.complete(timeoutMs);
    await wait(SETTLE_MS);
    return arrivals.complete(0);
  },
  /** How long each of so many pings over the first socket took, in milliseconds. */
  ping: async (count: number): Promise<number[]> => {
    const [socket] = sockets;
    if (socket === undefined) throw new Error('No socket is open.');
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const startedAt = clockMs();
      const answered = once(socket, 'message');
      socket.send('ping');
      await answered;
      times.push(clockMs() - startedAt);
    }
    return times;
  },
  /** Closes all sockets. */
  close: async (): Promise<void> => {
    const closing = sockets.map((socket) => {
      const closed = once(socket, 'close');
      socket.close();
      return closed;
    });
    sockets = [];
    await Promise.all(closing);
  },
};

export type SocketCalls = typeof calls;

serveAgent(calls);
