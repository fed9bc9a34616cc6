import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../client/index.js';
import { ApiClient } from './support/api-client.ts';
import { listen } from './support/listen.ts';
import { startRawReceiver, type RawReceiver } from './support/raw-receiver.ts';
import { startRouter, type Router } from './support/router.ts';
import { postToIngest, textMessage } from './support/whatsapp.ts';

/** A delivery as the log shows it. */
interface Logged {
  id: string;
  state: string;
  attempts: number;
  status: number | null;
  error: string | null;
  last_error: string | null;
  next_attempt_at: number | null;
  attempted_at: number | null;
  waiting_for: string | null;
  waiting_until: number | null;
}

interface Webhook {
  is_enabled: boolean;
}

interface Detail {
  attempts_log: { response_body: string | null }[];
}

type Outcome = Logged & { webhook: Webhook; log: Detail['attempts_log'] };

/** A message of the inbox. */
interface Sent {
  waba_payload: { id?: string };
}

type Ending = 'keep' | 'close' | 'reset';

/** A way to answer that leaves the body unread, by what comes after the status line. */
interface Brokenness {
  headers: string;
  body?: string | Buffer;
  ending?: Ending;
}

const PACKED = gzipSync('some words '.repeat(100));

/** The label is wrong, but all that was promised came. */
const MISLABELLED: Record<string, Brokenness> = {
  'empty as gzip': { headers: 'content-encoding: gzip\r\ncontent-length: 0\r\n' },
  'empty as br': { headers: 'content-encoding: br\r\ncontent-length: 0\r\n' },
  'plain as gzip': { headers: 'content-encoding: gzip\r\ncontent-length: 2\r\n', body: 'OK' },
  'plain as br': { headers: 'content-encoding: br\r\ncontent-length: 2\r\n', body: 'OK' },
  'truncated gzip': {
    headers: 'content-encoding: gzip\r\ncontent-length: 20\r\n',
    body: PACKED.subarray(0, 20),
  },
  'gzip and more': {
    headers: `content-encoding: gzip\r\ncontent-length: ${PACKED.length + 3}\r\n`,
    body: Buffer.concat([PACKED, Buffer.from('xyz')]),
  },
  'more than its length': { headers: 'content-length: 2\r\n', body: 'OK and more' },
};

/** The connection took the end of the body with it. */
const CUT_OFF: Record<string, Brokenness> = {
  'shorter than its length': { headers: 'content-length: 100\r\n', body: 'half', ending: 'close' },
  'without a last chunk': {
    headers: 'transfer-encoding: chunked\r\n',
    body: '4\r\nhalf\r\n',
    ending: 'close',
  },
  'a chunk that is none': { headers: 'transfer-encoding: chunked\r\n', body: 'zz\r\nhalf\r\n' },
  'reset in its body': { headers: 'content-length: 100\r\n', body: 'half', ending: 'reset' },
};

const BROKEN = { ...MISLABELLED, ...CUT_OFF };

function answer(status: number, { headers, body = '', ending = 'keep' }: Brokenness) {
  return (socket: Socket): void => {
    const head = `HTTP/1.1 ${status} X\r\nretry-after: 600\r\n${headers}\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), Buffer.from(body)]), () => {
      if (ending === 'close') socket.end();
      // The router is to see the headers first.
      if (ending === 'reset') setTimeout(() => socket.resetAndDestroy(), 100);
    });
  };
}

let router: Router;
let api: ApiClient;
let receivers: RawReceiver[] = [];
let messages = 0;

beforeAll(async () => {
  router = await startRouter();
  api = await ApiClient.signIn(router.url);
});

afterEach(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
  receivers = [];
});

afterAll(async () => {
  await router.close();
});

/** Delivers one event to a receiver for each name that answers so; returns the deliveries once each has an outcome. */
async function deliverTo(
  ways: Record<string, (socket: Socket) => void>,
  withinMs = 8_000,
): Promise<Record<string, Outcome>> {
  const ids: Record<string, number> = {};
  for (const [name, way] of Object.entries(ways)) {
    const receiver = await startRawReceiver(way);
    receivers.push(receiver);
    const wanted = { url: receiver.url, on_cloud_api: true };
    ids[name] = (await api.post<{ id: number }>('webhooks/waba/', wanted)).body.id;
  }
  expect(await postToIngest(router.url, textMessage(`wamid.broken-${(messages += 1)}`))).toBe(200);
  const outcomes: Record<string, Outcome> = {};
  for (const [name, id] of Object.entries(ids)) {
    await expect
      .poll(
        async () => {
          const log = await api.get<{ results: Logged[] }>(`webhooks/waba/${id}/deliveries/`);
          const [delivery] = log.body.results;
          if (delivery === undefined || delivery.attempted_at === null) return 0;
          const webhook = await api.get<Webhook>(`webhooks/waba/${id}/`);
          const { body } = await api.get<Detail>(`deliveries/${delivery.id}/`);
          outcomes[name] = { ...delivery, webhook: webhook.body, log: body.attempts_log };
          return delivery.attempts;
        },
        { timeout: withinMs },
      )
      .toBeGreaterThan(0);
  }
  for (const id of Object.values(ids)) await api.delete(`webhooks/waba/${id}/`);
  return outcomes;
}

function answersOf(status: number, ways: Record<string, Brokenness>) {
  return Object.fromEntries(
    Object.entries(ways).map(([name, way]) => [name, answer(status, way)] as const),
  );
}

describe('an answer whose body cannot be read', () => {
  it('is a success where it is 2xx and only its label is wrong', async () => {
    const outcomes = await deliverTo(answersOf(200, MISLABELLED));
    for (const [name, { state, status, error, attempts }] of Object.entries(outcomes)) {
      expect({ name, state, status, error, attempts }).toEqual({
        name,
        state: 'delivered',
        status: 200,
        error: null,
        attempts: 1,
      });
    }
  });

  it('is a failure with its status where it is 2xx and was cut off', async () => {
    const outcomes = await deliverTo(answersOf(201, CUT_OFF));
    for (const [name, { state, status, error, last_error }] of Object.entries(outcomes)) {
      expect({ name, state, status, error, last_error }).toEqual({
        name,
        state: 'due',
        status: 201,
        error: 'connection',
        last_error:
          'The receiver answered 201 but closed the connection before the end of its answer.',
      });
    }
  });

  it('disables its webhook where it is 410', async () => {
    const outcomes = await deliverTo(answersOf(410, BROKEN));
    for (const [name, { status, error, webhook }] of Object.entries(outcomes)) {
      expect({ name, status, error, is_enabled: webhook.is_enabled }).toEqual({
        name,
        status: 410,
        error: null,
        is_enabled: false,
      });
    }
  });

  it.each([429, 503])('puts off as long as it says where it is %i', async (asked) => {
    const outcomes = await deliverTo(answersOf(asked, BROKEN));
    for (const [name, { status, error, attempts, ...times }] of Object.entries(outcomes)) {
      expect({ name, status, error, attempts }).toEqual({
        name,
        status: asked,
        error: null,
        attempts: 1,
      });
      const waits = (times.next_attempt_at ?? 0) - (times.attempted_at ?? 0);
      expect(waits).toBeGreaterThanOrEqual(599);
      expect([name, times.waiting_for, times.waiting_until]).toEqual([
        name,
        'schedule',
        times.next_attempt_at,
      ]);
    }
  });

  it('is known by its status where it hangs until the deadline', async () => {
    const hanging: Brokenness = { headers: 'content-length: 100\r\n', body: 'half' };
    const statuses = [200, 410, 429, 500];
    const ways = statuses.map((status) => [String(status), answer(status, hanging)] as const);
    const outcomes = await deliverTo(Object.fromEntries(ways), 25_000);
    expect(
      statuses.map((status) => {
        const { status: known, error } = outcomes[status] ?? {};
        return { known, error };
      }),
    ).toEqual([
      { known: 200, error: 'timeout' },
      { known: 410, error: null },
      { known: 429, error: null },
      { known: 500, error: null },
    ]);
    expect(outcomes['410']?.webhook.is_enabled).toBe(false);
    const { next_attempt_at: next, attempted_at: at } = outcomes['429'] ?? {};
    expect((next ?? 0) - (at ?? 0)).toBeGreaterThanOrEqual(599);
  });
});

describe('an answer that is packed well', () => {
  it.each<[string, Buffer]>([
    ['gzip', gzipSync('{"why":"busy"}')],
    ['br', brotliCompressSync('{"why":"busy"}')],
  ])('is unpacked in the log: %s', async (encoding, body) => {
    const headers = `content-encoding: ${encoding}\r\ncontent-length: ${body.length}\r\n`;
    const { only } = await deliverTo({ only: answer(500, { headers, body }) });
    expect(only?.log.map((attempt) => attempt.response_body)).toEqual(['{"why":"busy"}']);
  });
});

describe("WABA's answer to a message", () => {
  it('is taken at its word where its label is wrong, and the message is sent once', async () => {
    let posts = 0;
    const body = '{"messages":[{"id":"wamid.MISLABELLED"}]}';
    const server = createServer((request, response) => {
      if (request.url === '/messages') posts += 1;
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length });
      request.resume().on('end', () => response.end(body));
    });
    const waba = await startRouter({ WABA_API_URL: await listen(server, 0), D360_API_KEY: 'key' });
    try {
      const client = await ApiClient.signIn(waba.url);
      const message = { wa_id: '15550020001', type: 'text', text: { body: 'hi' } };
      expect((await client.post('messages/', message)).status).toBe(202);
      await expect
        .poll(async () => {
          const { body: page } = await client.get<{ results: Sent[] }>('messages/');
          return page.results.map(({ waba_payload }) => waba_payload.id);
        })
        .toEqual(['wamid.MISLABELLED']);
      expect(posts).toBe(1);
    } finally {
      await waba.close();
      server.close();
    }
  });
});

describe("the client's error", () => {
  it.each(['empty', 'cut off'])('has the status of an answer that is %s', async (way) => {
    const server = createServer((_request, response) => {
      const length = way === 'empty' ? 0 : 100;
      response.writeHead(503, { 'content-type': 'application/json', 'content-length': length });
      response.flushHeaders();
      if (way === 'empty') response.end();
      else setTimeout(() => response.destroy(), 50);
    });
    const client = connect({ url: await listen(server, 0), token: 'token' });
    await expect(client.listTags({})).rejects.toMatchObject({ name: 'WaypostError', status: 503 });
    server.close();
  });
});
