import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runInDatabase } from '../support/local-database.ts';
import { startWorld, type Caller, type Subscriber, type World } from '../support/world.ts';

const ADA = '48500500500';

let world: World;
let admin: Caller;
let subscriber: Subscriber;
let id: number;

beforeAll(async () => {
  world = await startWorld();
  ({ admin } = world);
});

beforeEach(async () => {
  subscriber = await world.subscriber();
  const body = { url: subscriber.url, on_incoming_message: true };
  ({ id } = await admin.api.createWabaWebhook({ body }));
  return async () => {
    await admin.api.deleteWabaWebhook({ params: { id } });
  };
});

afterAll(() => world?.close());

function fails(): void {
  subscriber.answer = (response) => response.writeHead(500).end('we are closed');
}

function works(): void {
  subscriber.answer = (response) => response.writeHead(200).end();
}

function received(header: string): unknown[] {
  return subscriber.received.map(({ headers }) => headers[header]);
}

/** The newest delivery, once it is in a state. */
async function newest(state: string) {
  await expect
    .poll(async () => (await admin.api.listDeliveries({ query: { webhook: id } })).results[0])
    .toMatchObject({ state });
  const [delivery] = (await admin.api.listDeliveries({ query: { webhook: id } })).results;
  if (delivery === undefined) throw new Error('There is no delivery.');
  return delivery;
}

describe('a delivery', () => {
  it('that fails says what the receiver answered, and is delivered by a retry', async () => {
    fails();
    await world.write(ADA, { text: 'hello' });
    const due = await newest('due');
    expect(due).toMatchObject({ webhook: id, kind: 'waba', chats: [ADA], status: 500 });
    const params = { id: due.id };
    expect(await admin.api.retrieveDelivery({ params })).toMatchObject({
      ...due,
      attempts_log: [{ number: 1, status: 500, response_body: 'we are closed' }],
    });
    works();
    await admin.api.retryDelivery({ params });
    await expect.poll(() => newest('delivered')).toMatchObject({ id: due.id, attempts: 2 });
    const [first, second] = received('webhook-id');
    expect([first, subscriber.received.length]).toEqual([second, 2]);
    expect(first).toBe(due.webhook_id);
    const delivered = { params: { id }, query: { state: 'delivered', chat: ADA } };
    expect(await admin.api.listWabaWebhookDeliveries(delivered)).toMatchObject({
      results: [{ id: due.id }],
      next: null,
    });
  });

  it('that is skipped is not attempted any more', async () => {
    fails();
    await world.write(ADA, { text: 'hello' });
    const params = { id: (await newest('due')).id };
    expect(await admin.api.skipDelivery({ params })).toMatchObject({ state: 'dropped' });
    await expect(admin.api.skipDelivery({ params })).rejects.toMatchObject({ status: 409 });
    expect(await admin.api.retrieveDelivery({ params })).toMatchObject({ state: 'dropped' });
    expect(subscriber.received).toHaveLength(1);
  });
});

describe('a replay', () => {
  it('is counted first, then delivers the past again under the same ids', async () => {
    for (const text of ['one', 'two']) await world.write(ADA, { text });
    await expect.poll(() => subscriber.received.length).toBe(2);
    const params = { id };
    expect(await admin.api.createReplay({ params, body: { dry_run: true } })).toEqual({ count: 2 });
    const made = await admin.api.createReplay({ params, body: { chats: [ADA] } });
    expect([admin.status(), made]).toMatchObject([201, { state: 'running', total: 2 }]);
    const replay = Number(Reflect.get(made, 'id'));
    await expect
      .poll(() => admin.api.retrieveReplay({ params: { id, replay } }))
      .toMatchObject({ state: 'done', delivered: 2, pending: 0 });
    expect(received('waypost-replay')).toEqual([undefined, undefined, `${replay}`, `${replay}`]);
    const ids = received('webhook-id');
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
    expect(await admin.api.listReplays({ params })).toMatchObject({
      results: [{ id: replay, state: 'done' }],
    });
  });

  it('is paused, goes on, and is cancelled', async () => {
    for (let index = 0; index < 6; index += 1) await world.write(ADA, { text: `${index}` });
    await expect.poll(() => subscriber.received.length).toBe(6);
    fails();
    const body = { per_second: 1 };
    const made = await admin.api.createReplay({ params: { id }, body });
    const params = { id, replay: Number(Reflect.get(made, 'id')) };
    expect(await admin.api.pauseReplay({ params })).toMatchObject({ state: 'paused' });
    expect(await admin.api.resumeReplay({ params })).toMatchObject({ state: 'running' });
    expect(await admin.api.cancelReplay({ params })).toMatchObject({ state: 'cancelled' });
    await expect(admin.api.resumeReplay({ params })).rejects.toMatchObject({ status: 409 });
    const { queued } = await admin.api.retrieveReplay({ params });
    expect(queued).toBeLessThan(6);
  });
});

describe('a dead letter', () => {
  /** Puts an event aside as a fault of ours would. */
  function park(sequence: number): void {
    runInDatabase(
      world.router.stateDir,
      'insert into dead_letters (message, error, created_at) values (?, ?, 0)',
      JSON.stringify({ kind: 'event', seq: sequence }),
      'Error: a fault',
    );
  }

  it('is listed; driven again, its event is delivered under the same id', async () => {
    await world.write(ADA, { text: 'hello' });
    const { sequence } = await newest('delivered');
    park(sequence);
    const { results } = await admin.api.listDeadLetters();
    expect(results).toMatchObject([
      { kind: 'event', reference: sequence, error: 'Error: a fault' },
    ]);
    expect(await (await fetch(`${world.router.url}/readyz`)).json()).toMatchObject({
      dead_letters: 1,
    });
    const params = { id: results[0]?.id ?? 0 };
    expect(await admin.api.retryDeadLetter({ params })).toEqual({});
    await expect.poll(() => subscriber.received.length).toBe(2);
    expect(new Set(received('webhook-id')).size).toBe(1);
    expect((await admin.api.listDeadLetters()).count).toBe(0);
  });

  it('is driven again with all the others, or forgotten', async () => {
    await world.write(ADA, { text: 'hello' });
    const { sequence } = await newest('delivered');
    park(sequence);
    expect(await admin.api.retryDeadLetters()).toEqual({ retried: 1, has_more: false });
    await expect.poll(() => subscriber.received.length).toBe(2);
    park(sequence);
    const [letter] = (await admin.api.listDeadLetters()).results;
    const params = { id: letter?.id ?? 0 };
    expect(await admin.api.deleteDeadLetter({ params })).toBeNull();
    await expect(admin.api.retryDeadLetter({ params })).rejects.toMatchObject({ status: 404 });
  });
});
