import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, startWorld, type World } from './support/world.ts';

const NUMBER = '106540352242922';
const CUSTOMER = '15550001111';
const BODY = { type: 'BODY', text: 'Your order is on its way' };
const PHOTO = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

let world: World;

beforeAll(async () => {
  // 360dialog's key is set, too, as somebody who moves would have it: Meta is asked all the same.
  world = await startWorld(
    {
      META_ACCESS_TOKEN: API_KEY,
      META_PHONE_NUMBER_ID: NUMBER,
      META_APP_SECRET: 'app-secret',
      D360_API_KEY: 'left-over-from-360dialog',
    },
    { appSecret: 'app-secret', webhookHeaders: {} },
  );
});

afterAll(() => world?.close());

describe("a stack whose number Meta's own API serves", () => {
  it('receives by the signature, sends with the token, and hears what becomes of it', async () => {
    const { admin, sandbox } = world;
    await world.write(CUSTOMER, { text: 'Hello!' });
    const { id } = await admin.api.createMessage({
      body: { wa_id: CUSTOMER, type: 'text', text: { body: 'Hi Ada!' } },
    });
    await expect
      .poll(() => admin.api.retrieveMessage({ params: { id } }))
      .toMatchObject({ waba_statuses: { read: expect.any(Number) } });
    expect(sandbox.sent).toMatchObject([{ to: CUSTOMER, apiKey: API_KEY }]);
  });

  it('fetches a file, and uploads one', async () => {
    const { admin, sandbox, router } = world;
    const id = await world.write(CUSTOMER, { type: 'image', image: { caption: 'look' } });
    const message = JSON.stringify(await admin.api.retrieveMessage({ params: { id } }));
    const [file = ''] = /\/api\/v1\/media\/[\w-]+\/?/.exec(message) ?? [];
    const headers = { Authorization: `Token ${admin.token}` };
    const fetched = async () => (await fetch(router.url + file, { headers })).status;
    await expect.poll(fetched).toBe(200);

    const form = new FormData();
    form.set('file_encoded', new Blob([PHOTO], { type: 'image/png' }), 'dot.png');
    const upload = await fetch(`${router.url}/api/v1/media/`, {
      method: 'POST',
      headers,
      body: form,
    });
    const { file: link } = (await upload.json()) as { file: string };
    await admin.api.createMessage({ body: { wa_id: CUSTOMER, type: 'image', image: { link } } });
    await expect.poll(() => sandbox.sent.length).toBe(2);
    expect(sandbox.requests).toContainEqual(
      expect.objectContaining({ method: 'POST', path: `/${NUMBER}/media`, status: 200 }),
    );
  });

  it('makes, lists and deletes templates below its account', async () => {
    const { api } = world.admin;
    const names = async () => (await api.listTemplates()).results.map(({ name }) => name);
    await expect.poll(names, { timeout: 30_000 }).toEqual(['hello_world']);
    const body = { name: 'order_1', language: 'en', category: 'UTILITY', components: [BODY] };
    expect(await api.createTemplate({ body })).toMatchObject({
      name: 'order_1',
      status: 'pending',
    });
    await expect.poll(names).toContain('order_1');
    expect(await api.destroyTemplate({ params: { name: 'order_1' } })).toBeNull();
    await expect(api.destroyTemplate({ params: { name: 'order_1' } })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('changes profile and photo, blocks and unblocks', async () => {
    const { admin, sandbox } = world;
    const profile = { address: 'Main St 1' };
    await admin.api.partialUpdateBusinessProfileSettings({ body: profile });
    const form = new FormData();
    form.set('file_encoded', new File([PHOTO], 'photo.png', { type: 'image/png' }));
    expect(await admin.api.updateProfilePhoto({ body: form })).toEqual({});
    await admin.api.blockContact({ params: { wa_id: CUSTOMER }, body: {} });
    await admin.api.unblockContact({ params: { wa_id: CUSTOMER }, body: {} });
    expect(sandbox.changes.slice(-4).map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /${NUMBER}/whatsapp_business_profile`,
      `POST /${NUMBER}/whatsapp_business_profile`,
      `POST /${NUMBER}/block_users`,
      `DELETE /${NUMBER}/block_users`,
    ]);
  });

  it('is well, knows its number, and asks Meta for nothing in the way of 360dialog', async () => {
    const { admin, sandbox } = world;
    const health = await admin.api.listHealthStatuses();
    expect(health.filter(({ is_ok }) => !is_ok)).toEqual([]);
    const accounts = () => admin.api.listWhatsAppAccounts();
    await expect
      .poll(accounts, { timeout: 30_000 })
      .toMatchObject({ results: [{ phone_number: '15550783881' }] });
    const asked = sandbox.requests.filter(({ path }) => !path.startsWith('/customers/'));
    const wrong = asked.filter(
      ({ path, status }) => status === 0 || status === 401 || path.startsWith('/v1/'),
    );
    expect(wrong).toEqual([]);
  });
});

describe('a number without a webhook at Meta', () => {
  it('is given one of its own, which shows the token in its address', async () => {
    const own = await startWorld(
      { META_ACCESS_TOKEN: API_KEY, META_PHONE_NUMBER_ID: NUMBER },
      { webhookUrl: '', webhookHeaders: {} },
    );
    try {
      const health = await own.admin.api.listHealthStatuses();
      expect(health.filter(({ is_ok }) => !is_ok)).toEqual([]);
      await own.write(CUSTOMER, { text: 'Hello!' });
    } finally {
      await own.close();
    }
  });
});
