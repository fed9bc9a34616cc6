// The endpoints of the bench's webhooks, in a process of their own.
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { listen } from '../../test/support/listen.ts';
import { clockMs } from '../clock.ts';
import { Arrivals, type ArrivalReport } from './arrivals.ts';
import { serveAgent } from './serve-agent.ts';

/** A second delivery of something would come about as soon as the first. */
const SETTLE_MS = 300;

let arrivals = new Arrivals('', 0, 0);
const hanging = new Set<number>();
const held = new Set<ServerResponse>();
let opened = 0;

async function openOne(): Promise<string> {
  const receiver = opened;
  opened += 1;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (hanging.has(receiver)) {
        held.add(response);
        response.on('close', () => held.delete(response));
        return;
      }
      arrivals.note(receiver, Buffer.concat(chunks).toString('latin1'), clockMs());
      response.writeHead(200).end();
    });
  });
  // A connection closed from this end in the moment it is used again would be a failed attempt.
  server.keepAliveTimeout = 0;
  return `${await listen(server, 0)}/hook`;
}

const calls = {
  /** Opens receivers, each on a port of its own; returns their URLs. */
  open: (count: number): Promise<string[]> => Promise.all(Array.from({ length: count }, openOne)),
  /** From now on these (by their number, from 0 on) never answer, and all others do. */
  hang: (receivers: number[]): void => {
    hanging.clear();
    for (const receiver of receivers) hanging.add(receiver);
    for (const response of held) response.destroy();
  },
  /** A load of that name begins; so many requests of it are to come to each of the first receivers. */
  expect: ({
    name,
    count,
    receivers,
  }: {
    name: string;
    count: number;
    receivers: number;
  }): void => {
    arrivals = new Arrivals(name, count, receivers);
  },
  /** What came, once everything has, or after so long (ms). */
  arrived: async (timeoutMs: number): Promise<ArrivalReport> => {
    await arrivals.complete(timeoutMs);
    await wait(SETTLE_MS);
    return arrivals.complete(0);
  },
};

export type ReceiverCalls = typeof calls;

serveAgent(calls);
