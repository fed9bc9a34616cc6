import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Received } from '../support/receiver.ts';
import { startWorld, type Caller, type Subscriber, type World } from '../support/world.ts';

const ADA = '48500500500';

let world: World;
let admin: Caller;
let subscriber: Subscriber;
let id: number;
let secret: string;

beforeAll(async () => {
  world = await startWorld();
  ({ admin } = world);
  subscriber = await world.subscriber();
});

afterAll(() => world?.close());

/** Whether a request is signed with a secret. */
function isSigned({ headers, body }: Received | undefined = EMPTY, by: string): boolean {
  try {
    new Webhook(by).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

const EMPTY: Received = { headers: {}, body: '', at: 0 };

/** The texts that the subscriber was told of, in order of their arrival. */
function texts(): unknown[] {
  return subscriber
    .with('messages')
    .flatMap(({ messages }) => messages as { text: { body: string } }[])
    .map(({ text }) => text.body);
}

describe('a webhook', () => {
  it('is made with headers and gets what customers write, signed', async () => {
    const made = await admin.api.createWabaWebhook({
      body: { url: subscriber.url, on_incoming_message: true, headers: { 'x-api-key': 'k' } },
    });
    expect([admin.status(), made]).toMatchObject([
      201,
      { user: { username: 'admin' }, is_enabled: true, schedule: 'default' },
    ]);
    ({ id, secret } = made);
    await world.write(ADA, { text: 'one' });
    await expect.poll(texts).toEqual(['one']);
    const [received] = subscriber.received;
    expect(received?.headers).toMatchObject({ 'x-api-key': 'k', 'waypost-sequence': '1' });
    expect(isSigned(received, secret)).toBe(true);
  });

  it('is refused where it may not point, with the name of the field', async () => {
    const body = { url: 'http://169.254.169.254/latest', on_incoming_message: true };
    await expect(admin.api.createWabaWebhook({ body })).rejects.toMatchObject({
      status: 400,
      body: { url: [expect.any(String)] },
    });
  });

  it('is listed and shown without its secret', async () => {
    const { count, results } = await admin.api.listWabaWebhooks();
    expect(count).toBe(1);
    const shown = await admin.api.retrieveWabaWebhook({ params: { id } });
    expect(shown).toMatchObject({ id, url: subscriber.url, headers: { 'x-api-key': 'k' } });
    expect(results).toMatchObject([{ id, url: subscriber.url }]);
    expect(JSON.stringify([results, shown])).not.toContain('whsec_');
  });

  it('is tested by a request of its own, and what the receiver says of it is told', async () => {
    const params = { id };
    expect(await admin.api.testWabaWebhook({ params })).toEqual({});
    const received = subscriber.received.at(-1);
    expect(JSON.parse(received?.body ?? '')).toMatchObject({ statuses: [expect.anything()] });
    expect(isSigned(received, secret)).toBe(true);
    subscriber.answer = (response) => response.writeHead(500).end();
    await expect(admin.api.testWabaWebhook({ params })).rejects.toMatchObject({
      status: 400,
      body: { reason: expect.stringContaining('500') },
    });
    subscriber.answer = (response) => response.writeHead(200).end();
  });

  it('is tested with all that the receiver said, asked for by name', async () => {
    const call = { params: { id }, query: { detail: true } };
    // A receiver that echoes what it got, the webhook's own header too.
    await admin.api.partialUpdateWabaWebhook({
      params: { id },
      body: { headers: { 'x-api-key': 'a-key-of-the-receiver' } },
    });
    subscriber.answer = (response, { headers }) =>
      response.writeHead(201, { 'x-server': 'b7' }).end(`key ${String(headers['x-api-key'])}`);
    const shown = await admin.api.testWabaWebhook(call);
    expect(shown).toMatchObject({
      status: 201,
      error: null,
      response_headers: { 'x-server': 'b7' },
      response_body: 'key ***',
    });
    expect(shown.latency_ms).toBeGreaterThanOrEqual(0);
    // It takes the end of its answer with it.
    subscriber.answer = (response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setTimeout(() => response.destroy(), 100);
    };
    await expect(admin.api.testWabaWebhook(call)).rejects.toMatchObject({
      status: 400,
      body: {
        reason: expect.stringContaining('closed the connection'),
        status: 200,
        error: 'connection',
        response_body: 'half',
      },
    });
    subscriber.answer = (response) => response.writeHead(200).end();
  });

  it('is given another secret; the one before signs, too, until its grace is over', async () => {
    const params = { id };
    const rotated = await admin.api.rotateWabaWebhookSecret({
      params,
      body: { grace_seconds: 3_600 },
    });
    expect(rotated.old_secret_valid_until).toBeGreaterThan(Date.now() / 1000);
    await admin.api.testWabaWebhook({ params });
    const both = subscriber.received.at(-1);
    expect([isSigned(both, secret), isSigned(both, rotated.secret)]).toEqual([true, true]);
    const next = await admin.api.rotateWabaWebhookSecret({ params, body: { grace_seconds: 0 } });
    await admin.api.testWabaWebhook({ params });
    const last = subscriber.received.at(-1);
    expect([rotated, next].map((one) => isSigned(last, one.secret))).toEqual([false, true]);
  });

  it('that is paused gets nothing, and what came meanwhile when it is resumed', async () => {
    const params = { id };
    expect(await admin.api.pauseWabaWebhook({ params })).toMatchObject({
      is_enabled: false,
      is_paused: true,
    });
    await world.write(ADA, { text: 'two' });
    const missed = await admin.api.listWabaWebhookEvents({ params, query: { after: 1 } });
    expect(missed).toMatchObject({
      results: [{ sequence: 2, payload: { messages: [{ text: { body: 'two' } }] } }],
      next: null,
      last_sequence: 2,
    });
    expect(texts()).toEqual(['one']);
    expect(await admin.api.resumeWabaWebhook({ params })).toMatchObject({
      is_enabled: true,
      is_paused: false,
    });
    await expect.poll(texts).toEqual(['one', 'two']);
  });

  it('is changed in part, and replaced as a whole', async () => {
    const params = { id };
    const other = await world.subscriber();
    const part = { schedule: 'short', rate_limit: 100 } as const;
    expect(await admin.api.partialUpdateWabaWebhook({ params, body: part })).toMatchObject({
      ...part,
      on_incoming_message: true,
    });
    const whole = { url: other.url, on_cloud_api: true };
    expect(await admin.api.updateWabaWebhook({ params, body: whole })).toMatchObject({
      ...whole,
      on_incoming_message: false,
    });
    await world.write(ADA, { text: 'three' });
    await expect.poll(() => other.with('entry')).toHaveLength(1);
    expect(other.received[0]?.body).toContain('three');
    expect(texts()).toEqual(['one', 'two']);
  });

  it('for Meta gets every body signed by its app secret, and the credentials of its URL as a header', async () => {
    const strict = await world.subscriber();
    const appSecret = 'an-app-secret-of-a-receiver';
    const { host } = new URL(strict.url);
    const made = await admin.api.createWabaWebhook({
      body: {
        url: `http://kim:s%40cret@${host}/hook`,
        on_cloud_api: true,
        app_secret: appSecret,
        headers: { 'Content-Type': 'application/json' },
      },
    });
    const authorization = `Basic ${btoa('kim:s@cret')}`;
    expect(made).toMatchObject({
      url: strict.url,
      headers: { Authorization: authorization },
      has_app_secret: true,
      warnings: [],
    });
    await world.write(ADA, { text: 'four' });
    await admin.api.createMessage({
      body: { wa_id: ADA, type: 'text', text: { body: 'answer' } },
    });
    // Statuses of our own messages come with getchat_id, so their bodies are not as WhatsApp sent them.
    const withStatus = (): boolean =>
      strict.received.some(({ body }) => body.includes('getchat_id') && body.includes('"read"'));
    await expect.poll(withStatus).toBe(true);
    for (const { headers, body } of strict.received) {
      const expected = createHmac('sha256', appSecret).update(body).digest('hex');
      expect(headers).toMatchObject({ authorization, 'content-type': 'application/json' });
      expect(headers['x-hub-signature-256']).toBe(`sha256=${expected}`);
    }
    expect(await admin.api.deleteWabaWebhook({ params: { id: made.id } })).toBeNull();
  });

  it('that is deleted is not there any more', async () => {
    const params = { id };
    expect(await admin.api.deleteWabaWebhook({ params })).toBeNull();
    await expect(admin.api.retrieveWabaWebhook({ params })).rejects.toMatchObject({ status: 404 });
    expect((await admin.api.listWabaWebhooks()).count).toBe(0);
  });
});
