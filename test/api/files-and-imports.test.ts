import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type Caller, type World } from '../support/world.ts';

const ADA = '4915112345678';
const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');
const CHAT = `31.01.22, 21:05 - Ada Lovelace: Hello
31.01.22, 21:06 - Shop: Good evening
01.02.22, 09:00 - Ada Lovelace: IMG-20220201-WA0001.png (Datei angehängt)
Our house`;

let world: World;
let admin: Caller;

beforeAll(async () => {
  world = await startWorld();
  ({ admin } = world);
});

afterAll(() => world?.close());

async function bytesOf(file: Blob): Promise<Buffer> {
  return Buffer.from(await file.arrayBuffer());
}

describe('a file', () => {
  it('is uploaded, read by who is signed in, and sent to a customer by its link and its id', async () => {
    const form = new FormData();
    form.set('file_encoded', new File([PNG], 'cat.png', { type: 'image/png' }));
    const { id, file } = await admin.api.createMediaFile({ body: form });
    expect(admin.status()).toBe(201);
    expect(file).toContain(`${world.router.url}/api/v1/media/${id}/?expires=`);
    expect(await bytesOf(await (await fetch(file)).blob())).toEqual(PNG);
    expect(await bytesOf(await admin.api.retrieveMediaFile({ params: { id } }))).toEqual(PNG);
    const nobody = world.caller().api.retrieveMediaFile({ params: { id } });
    await expect(nobody).rejects.toMatchObject({ status: 403 });

    await world.write(ADA, { text: 'Show me' });
    await admin.api.createMessage({ body: { wa_id: ADA, type: 'image', image: { link: file } } });
    await admin.api.createMessage({ body: { wa_id: ADA, type: 'image', image: { id } } });
    const image = { id: expect.stringMatching(/^\d+$/) };
    await expect
      .poll(() => world.sandbox.sent)
      .toMatchObject([
        { to: ADA, body: { type: 'image', image } },
        { to: ADA, body: { type: 'image', image } },
      ]);
    const unknown = { id: crypto.randomUUID() };
    const refused = admin.api.createMessage({
      body: { wa_id: ADA, type: 'image', image: unknown },
    });
    await expect(refused).rejects.toMatchObject({ status: 400 });
    const uploads = world.sandbox.requests.filter(
      ({ method, path }) => method === 'POST' && path === '/media',
    );
    expect(uploads).toHaveLength(1);
  });

  it('that a customer sends is fetched, and is opened to others by a signed link', async () => {
    const wabaId = await world.write(ADA, { type: 'image', image: { caption: 'a cat' } });
    const message = await admin.api.retrieveMessage({ params: { id: wabaId } });
    const link = JSON.stringify(message);
    const id = /\/media\/([0-9a-f-]{36})\//.exec(link)?.[1] ?? '';
    const { url, expires_at } = await admin.api.createMediaLink({
      params: { id },
      query: { expires_in: 60 },
    });
    expect(expires_at).toBeLessThanOrEqual(Date.now() / 1000 + 60);
    await expect.poll(async () => (await fetch(url)).status).toBe(200);
    const opened = await fetch(url);
    expect(opened.headers.get('content-type')).toMatch(/^image\//);
    const signedIn = await admin.api.retrieveMediaFile({ params: { id } });
    expect(await bytesOf(await opened.blob())).toEqual(await bytesOf(signedIn));
    expect((await fetch(url.replace(/expires=\d+/, 'expires=9999999999'))).status).toBe(403);
  });
});

describe('an exported chat', () => {
  it('is imported with its files, and nobody is sent or told anything', async () => {
    const subscriber = await world.subscriber();
    const webhook = { url: subscriber.url, on_incoming_message: true, on_outgoing_message: true };
    await admin.api.createWabaWebhook({ body: webhook });
    const customer = '48500500500';
    const sent = world.sandbox.sent.length;
    const body = {
      chat_text: CHAT,
      chat_participants: [{ name: 'Ada Lovelace', phone_number: `+${customer}` }],
      utc_offset_minutes: 60,
      device_language_code: 'de-DE',
      media_files: [{ filename: 'IMG-20220201-WA0001.png', file_encoded: PNG.toString('base64') }],
    };
    const chat = await admin.api.createChatImport({ body });
    expect([admin.status(), chat]).toMatchObject([201, { wa_id: customer, new_messages: 0 }]);
    const { count, results } = await admin.api.listMessages({ query: { wa_id: customer } });
    expect([count, results.map(({ from_us }) => from_us)]).toEqual([3, [false, true, false]]);
    const id = /\/media\/([0-9a-f-]{36})\//.exec(JSON.stringify(results[0]))?.[1] ?? '';
    expect(await bytesOf(await admin.api.retrieveMediaFile({ params: { id } }))).toEqual(PNG);
    await admin.api.createChatImport({ body });
    expect((await admin.api.listMessages({ query: { wa_id: customer } })).count).toBe(3);
    // What comes after it is delivered: nothing of it was before.
    await world.write(ADA, { text: 'after the import' });
    await expect
      .poll(() => subscriber.with('incoming_messages'))
      .toMatchObject([{ incoming_messages: [{ customer_wa_id: ADA }] }]);
    expect(subscriber.received.filter((one) => one.body.includes(customer))).toEqual([]);
    expect(world.sandbox.sent).toHaveLength(sent);
  });
});
