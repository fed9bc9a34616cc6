import { createServer, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../test/support/listen.ts';
import { openLoop } from './open-loop.ts';

const held: ServerResponse[] = [];
let status = 200;
let url = '';

/** Answers nothing for a moment after the first request, then everything. */
const server = createServer((request, response) => {
  request.resume();
  held.push(response);
  if (held.length > 1) return;
  setTimeout(() => {
    for (const one of held.splice(0)) one.writeHead(status).end();
  }, 300);
});

beforeAll(async () => {
  url = await listen(server, 0);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function load(count: number) {
  const template = { url, headers: {}, body: '{"n":{index}}', customers: 1 };
  return openLoop({ template, perSecond: 20, count });
}

describe('an open loop', () => {
  it('goes on while nothing is answered, and counts the wait of each request', async () => {
    status = 200;
    const { intendedAt, latencies, failures } = await load(5);
    const [first = NaN, second = NaN, , , last = NaN] = latencies;
    expect(first).toBeGreaterThanOrEqual(290);
    expect(first - second).toBeGreaterThan(25);
    expect(last).toBeLessThan(first - 100);
    expect((intendedAt[4] ?? NaN) - (intendedAt[0] ?? NaN)).toBeCloseTo(200);
    expect(failures).toEqual({});
  });

  it('takes what is not answered 2xx for no answer, and counts it', async () => {
    status = 500;
    const { latencies, failures } = await load(3);
    expect([...latencies]).toEqual([NaN, NaN, NaN]);
    expect(failures).toEqual({ 500: 3 });
  });
});
