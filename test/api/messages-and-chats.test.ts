import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSocket, type SocketClient } from '../support/socket-client.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';
import { startWorld, type Caller, type Subscriber, type World } from '../support/world.ts';

const ADA = '48500500500';
const BEN = '4915112345678';
/** Meta's code for a message that cannot be delivered. */
const UNDELIVERABLE = 131_026;

let world: World;
let admin: Caller;
let subscriber: Subscriber;
let socket: SocketClient;
let contactBook: Receiver;

beforeAll(async () => {
  contactBook = await startReceiver();
  contactBook.answer = (response) =>
    response.end(
      JSON.stringify({ results: [{ name: 'Ada Byron', phone_numbers: [{ phone_number: ADA }] }] }),
    );
  const provider = { id: 'crm', name: 'CRM', url: `${contactBook.url}?q={search}` };
  world = await startWorld({ CONTACT_PROVIDERS: JSON.stringify([provider]) });
  ({ admin } = world);
  subscriber = await world.subscriber();
  await admin.api.createWabaWebhook({ body: { url: subscriber.url, on_outgoing_message: true } });
  socket = await openSocket(`ws://localhost:${world.router.port}/ws`, admin.token);
  await world.write(ADA, { text: 'Good evening', name: 'Ada Lovelace' });
  await world.write(BEN, { text: 'Hello', name: 'Ben' });
});

afterAll(async () => {
  socket?.close();
  await Promise.all([world?.close(), contactBook?.close()]);
});

describe('chats', () => {
  it('are listed with what is new in them, searched, and shown', async () => {
    const { results } = await admin.api.listChats({ query: { search: 'lovelace' } });
    expect(results).toMatchObject([
      {
        wa_id: ADA,
        new_messages: 1,
        contact: { initials: 'AL', resolved: false },
        last_message: { waba_payload: { text: { body: 'Good evening' } } },
      },
    ]);
    expect(await admin.api.retrieveChat({ params: { wa_id: ADA } })).toEqual(results[0]);
    expect((await admin.api.listChats({ query: { unread: true, limit: 1 } })).count).toBe(2);
    const unknown = admin.api.retrieveChat({ params: { wa_id: '48999' } });
    await expect(unknown).rejects.toMatchObject({ status: 404, body: { detail: 'Not found.' } });
  });

  it('are received up to a time by a mark, which shows the customer that they are read', async () => {
    const timestamp = Math.floor(Date.now() / 1000);
    const body = { customer_wa_id: ADA, timestamp };
    expect(await admin.api.createReceivedMessageMark({ body })).toEqual({});
    expect(admin.status()).toBe(201);
    expect(await admin.api.retrieveChat({ params: { wa_id: ADA } })).toMatchObject({
      new_messages: 0,
    });
    await expect.poll(() => world.sandbox.reads.length).toBe(1);
    const future = { ...body, timestamp: timestamp + 3_600 };
    await expect(admin.api.createReceivedMessageMark({ body: future })).rejects.toMatchObject({
      status: 400,
      body: { timestamp: [expect.any(String)] },
    });
  });

  it('are resolved until the customer writes again, and subscribers are told both', async () => {
    const params = { wa_id: BEN };
    expect(await admin.api.resolveChat({ params, body: { resolved: true } })).toEqual({
      wa_id: BEN,
      resolved: true,
    });
    await world.write(BEN, { text: 'One more thing' });
    await expect
      .poll(() => subscriber.with('chat_resolved'))
      .toEqual([true, false].map((resolved) => ({ chat_resolved: { wa_id: BEN, resolved } })));
    expect(JSON.stringify(socket.frames)).toContain(`"wa_id":"${BEN}","resolved":true`);
    expect(await admin.api.retrievePerson({ params })).toMatchObject({ resolved: false });
  });
});

describe('a message that is posted', () => {
  it('arrives at the phone once, is told of, and is listed with its statuses', async () => {
    const body = { wa_id: ADA, type: 'text', text: { body: 'Hello Ada' } } as const;
    const headers = { 'idempotency-key': 'order-7' };
    const { id } = await admin.api.createMessage({ body, headers });
    expect(admin.status()).toBe(202);
    expect(await admin.api.createMessage({ body, headers })).toMatchObject({ id });
    await expect
      .poll(() => subscriber.with('outgoing_messages'))
      .toMatchObject([{ outgoing_messages: [{ id, sender: { username: 'admin' } }] }]);
    const sent = world.sandbox.sent.map(({ to, wamid, body: { text } }) => ({ to, wamid, text }));
    expect(sent).toEqual([{ to: ADA, wamid: expect.any(String), text: { body: 'Hello Ada' } }]);
    const show = () => admin.api.retrieveMessage({ params: { id } });
    await expect
      .poll(show)
      .toMatchObject({ from_us: true, waba_statuses: { read: expect.any(Number) } });
    expect(await show()).toMatchObject({ waba_payload: { id: sent[0]?.wamid, to: ADA } });
  });

  it('is found beside what the customer wrote, newest first', async () => {
    const { count, results } = await admin.api.listMessages({ query: { wa_id: ADA } });
    expect([count, results.map(({ from_us }) => from_us)]).toEqual([2, [true, false]]);
    const found = await admin.api.listMessages({ query: { search: 'EVEN', from_us: false } });
    expect(found.results.map(({ customer_wa_id }) => customer_wa_id)).toEqual([ADA]);
  });

  it('that WhatsApp refuses is among the errors', async () => {
    world.sandbox.failNext({
      path: '/messages',
      times: 1,
      status: 400,
      body: { error: { code: UNDELIVERABLE, message: 'Message undeliverable' } },
    });
    const { id } = await admin.api.createMessage({
      body: { wa_id: BEN, type: 'text', text: { body: 'Hello Ben' } },
    });
    await expect.poll(async () => (await admin.api.listWabaErrors()).count).toBe(1);
    const [error] = (await admin.api.listWabaErrors()).results;
    expect(error).toMatchObject({
      getchat_id: id,
      waba_payload: { errors: [{ code: UNDELIVERABLE }] },
    });
    expect(await admin.api.retrieveWabaError({ params: { id: error?.id ?? 0 } })).toEqual(error);
    expect(await admin.api.retrieveMessage({ params: { id } })).toMatchObject({ is_failed: true });
    expect(world.sandbox.sent).toHaveLength(1);
  });

  it('is refused with the name of the field that is wrong', async () => {
    const body = { wa_id: ADA, type: 'text', text: { body: '' } } as const;
    await expect(admin.api.createMessage({ body })).rejects.toMatchObject({
      status: 400,
      body: { text: expect.anything() },
    });
  });
});

describe('a customer', () => {
  it('is a person, and a contact beside those of a connected contact book', async () => {
    const people = await admin.api.listPeople({ query: { search: 'love' } });
    expect(people).toMatchObject({ count: 1, results: [{ wa_id: ADA, initials: 'AL' }] });
    const person = await admin.api.retrievePerson({ params: { wa_id: ADA } });
    expect(people.results).toEqual([person]);

    const found = await admin.api.listContacts({ query: { search: 'ada' } });
    expect(found.results).toMatchObject([
      { name: 'Ada Byron', contact_provider: { type: 'http', id: 'crm' } },
      { name: 'Ada Lovelace', contact_provider: { type: 'inbox' } },
    ]);
    expect(await admin.api.resolveContact({ params: { wa_id: ADA } })).toMatchObject({
      person,
      contact_provider_results: [{ name: 'Ada Byron' }, { name: 'Ada Lovelace' }],
      failed_providers: [],
    });
  });

  it('is erased with all that is known of them', async () => {
    const params = { wa_id: ADA };
    expect(await admin.api.erasePerson({ params })).toBeNull();
    expect(admin.status()).toBe(204);
    await expect(admin.api.retrievePerson({ params })).rejects.toMatchObject({ status: 404 });
    expect((await admin.api.listMessages({ query: params })).count).toBe(0);
    expect((await admin.api.listChats()).results.map(({ wa_id }) => wa_id)).toEqual([BEN]);
  });
});
