import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { seal } from '../auth/secret-box.ts';
import { messageBody, statusBody } from '../ingest/sample-bodies.test-support.ts';
import {
  answers,
  event,
  eventBell,
  eventFrom,
  OK,
  requests,
  ring,
  stack,
  STATUS,
  subscribe,
  useLanes,
  webhookBell,
} from './lanes.test-support.ts';

useLanes();
const { db } = stack;
const SECRET = '0123456789abcdef0123456789abcdef';
let ids = 0;

beforeEach(async () => {
  answers['own.test'] = OK;
  answers['plain.test'] = OK;
  await db.run(sql`delete from messages`);
});

/** Makes a webhook that takes WABA's bodies and signs them with `SECRET`; returns its id. */
async function subscribeSigned(host: string): Promise<number> {
  const sealed = await seal(stack.config, SECRET);
  return subscribe(host, { on_cloud_api: 1, app_secret: sealed });
}

/** Lets WABA tell that a message of ours was read, so that its body is changed; returns the event's number. */
async function changedEvent(): Promise<number> {
  const wabaId = `wamid.signed.${(ids += 1)}`;
  await db.run(sql`insert into messages (id, waba_id, chat, from_us, type, timestamp, payload)
    values (${crypto.randomUUID()}, ${wabaId}, '491', 1, 'text', 1, '{}')`);
  const status = { id: wabaId, recipient_id: '491', status: 'read', timestamp: '1' };
  return eventFrom(statusBody(status));
}

/** What was sent to a host, and whether its signature is one by `SECRET`. */
function sentTo(host: string): { isChanged: boolean; signature: string | null; isOurs: boolean }[] {
  return requests
    .filter((request) => request.host === host)
    .map(({ headers, body }) => {
      const signature = headers.get('x-hub-signature-256');
      const expected = createHmac('sha256', SECRET).update(body).digest('hex');
      const isChanged = body.includes('getchat_id');
      return { isChanged, signature, isOurs: signature === `sha256=${expected}` };
    });
}

describe('a webhook with an app secret', () => {
  it('gets every body signed by it, statuses of our messages too, and others get theirs as ever', async () => {
    await subscribeSigned('own.test');
    await subscribe('plain.test');
    await ring(eventBell(await event()), eventBell(await changedEvent()));
    expect(sentTo('own.test')).toMatchObject([
      { isChanged: false, isOurs: true },
      { isChanged: true, isOurs: true },
    ]);
    expect(sentTo('plain.test').map(({ signature }) => signature)).toEqual([null, null]);
    expect(requests.every(({ headers }) => !headers.has('waypost-changed'))).toBe(true);
  });

  it('gets the same signature at every attempt', async () => {
    const id = await subscribeSigned('own.test');
    answers['own.test'] = STATUS(500);
    await ring(eventBell(await changedEvent()));
    answers['own.test'] = OK;
    await db.run(sql`update deliveries set next_at = 0`);
    await db.run(sql`update webhooks set probe_at = 0`);
    await ring(webhookBell(id));
    const [first, second] = sentTo('own.test');
    expect([first?.isOurs, second]).toEqual([true, first]);
  });

  it('gets the one of WABA replaced, which is by another secret', async () => {
    await subscribeSigned('own.test');
    const seq = await event();
    const headers = JSON.stringify({ 'x-hub-signature-256': 'sha256=wabas' });
    await db.run(sql`update events set headers = ${headers} where seq = ${seq}`);
    await ring(eventBell(seq));
    expect(sentTo('own.test')).toMatchObject([{ isOurs: true }]);
  });

  it('is not called where it cannot be opened any more', async () => {
    await subscribe('own.test', { on_cloud_api: 1, app_secret: 'v1.broken' });
    await ring(eventBell(await event()));
    expect(requests).toEqual([]);
  });
});

describe('a shape of our own', () => {
  it('is signed by no app secret: nobody checks it as a body of Meta', async () => {
    const sealed = await seal(stack.config, SECRET);
    await subscribe('own.test', { on_incoming_message: 1, app_secret: sealed });
    await ring(eventBell(await event()));
    expect(sentTo('own.test').map(({ signature }) => signature)).toEqual([null]);
  });
});

describe('the META_APP_SECRET of a stack', () => {
  beforeEach(() => {
    Object.assign(stack.config, { metaAppSecret: SECRET });
    return () => Object.assign(stack.config, { metaAppSecret: undefined });
  });

  it('signs a body that was changed, and no other', async () => {
    await subscribe('plain.test');
    await ring(eventBell(await event()), eventBell(await changedEvent()));
    expect(sentTo('plain.test')).toMatchObject([
      { isChanged: false, signature: null },
      { isChanged: true, isOurs: true },
    ]);
  });
});

describe('the body of a message', () => {
  it('is as WABA sent it beneath all signatures', async () => {
    await subscribeSigned('own.test');
    const text = JSON.stringify(
      messageBody('wamid.intact', { type: 'text', text: { body: 'é\u2028' } }),
    );
    await ring(eventBell(await eventFrom(text)));
    expect(requests.map(({ body }) => body)).toEqual([text]);
    expect(sentTo('own.test')).toMatchObject([{ isOurs: true }]);
  });
});
