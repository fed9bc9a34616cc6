import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from './support/api-client.ts';
import { startRouter, type Router } from './support/router.ts';
import { startSandbox, type Sandbox } from '../sandbox/start-sandbox.ts';

const TOKEN = 'a-webhook-token';
const CUSTOMER = '4915112345678';
const BODY = { type: 'BODY', text: 'Your order is on its way' };
const TEMPLATE = { name: 'order_1', language: 'en', category: 'UTILITY', components: [BODY] };

let sandbox: Sandbox;
let router: Router;
let api: ApiClient;

beforeAll(async () => {
  // The number's webhook was dropped: nothing that WhatsApp says reaches anybody.
  sandbox = await startSandbox({
    port: 0,
    apiKey: 'key-of-the-number',
    webhookUrl: '',
    webhookHeaders: {},
    // A review that is told of before its answer is in our copy a refresh later.
    statusDelayMs: 1_000,
  });
  router = await startRouter({
    WABA_API_URL: sandbox.url,
    D360_API_KEY: 'key-of-the-number',
    WEBHOOK_TOKEN: TOKEN,
  });
  api = await ApiClient.signIn(router.url);
});

afterAll(async () => {
  await router?.close();
  await sandbox?.close();
});

async function templates(): Promise<string[]> {
  const { body } = await api.get<{ results: { name: string; status: string }[] }>('templates/');
  return body.results.map(({ name, status }) => `${name} ${status}`);
}

describe('a router and its number', () => {
  it('sets the webhook that a new key has dropped, and is then well', async () => {
    const health = async () => {
      const { body } = await api.get<{ is_ok: boolean }[]>('status/health/');
      return body.filter((finding) => !finding.is_ok);
    };
    expect(await health()).toEqual([]);
    const config = await fetch(`${sandbox.url}/v1/configs/webhook`, {
      headers: { 'D360-API-KEY': 'key-of-the-number' },
    });
    expect(await config.json()).toMatchObject({
      url: `${router.url}/waba/webhook`,
      headers: { Authorization: `Bearer ${TOKEN}` },
    });
    expect(await health()).toEqual([]);
  });

  it('fetches the templates by itself, and makes, follows and deletes one', async () => {
    await expect.poll(templates, { timeout: 30_000 }).toEqual(['hello_world approved']);
    expect(await api.post('templates/', TEMPLATE)).toMatchObject({
      status: 201,
      body: { ...TEMPLATE, status: 'submitted' },
    });
    await expect.poll(templates, { timeout: 30_000 }).toContain('order_1 approved');
    const headers = { Authorization: `Token ${api.token}` };
    const gone = await fetch(`${router.url}/api/v1/templates/order_1/`, {
      method: 'DELETE',
      headers,
    });
    expect(gone.status).toBe(204);
    expect(await templates()).toEqual(['hello_world approved']);
    expect(sandbox.changes.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/configs/templates',
      'DELETE /v1/configs/templates/order_1',
    ]);
  });

  it('changes the profile, its about and its photo', async () => {
    const path = 'settings/business/profile/';
    const change = { vertical: 'Automotive', address: 'Main St 1' };
    expect(await api.patch(path, change)).toMatchObject({ status: 200, body: change });
    await api.patch('settings/profile/about/', { text: 'Open' });
    const photo = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    const form = new FormData();
    form.set('file_encoded', new File([photo], 'photo.png', { type: 'image/png' }));
    const url = `${router.url}/api/v1/settings/profile/photo/`;
    const headers = { Authorization: `Token ${api.token}` };
    const uploaded = await fetch(url, { method: 'POST', headers, body: form });
    expect([uploaded.status, await uploaded.json()]).toEqual([200, {}]);
    await api.post('settings/refresh/issue/', {});
    const isDone = async () => (await api.get('settings/refresh/status/')).body;
    await expect.poll(isDone).toEqual({ currently_refreshing: false });
    expect((await api.get(path)).body).toMatchObject({ ...change, about: 'Open' });
    const shown = await fetch(url, { headers });
    expect(new Uint8Array(await shown.arrayBuffer())).toEqual(photo);
  });

  it('blocks who wrote, and unblocks them', async () => {
    const block = () => api.post(`contacts/${CUSTOMER}/block/`, {});
    expect(await block()).toMatchObject({
      status: 400,
      body: { reason: expect.stringContaining('24 hours') },
    });
    await fetch(`${sandbox.url}/customers/${CUSTOMER}/messages`, {
      method: 'POST',
      body: '{"text":"hi"}',
    });
    const chat = async () => (await api.get(`chats/${CUSTOMER}/`)).status;
    await expect.poll(chat).toBe(200);
    expect(await block()).toMatchObject({ status: 200 });
    const blocked = async () => (await api.get('contacts/blocked/')).body;
    expect(await blocked()).toMatchObject({ contacts: [{ wa_id: CUSTOMER }] });
    await api.post(`contacts/unblock/?wa_id=${CUSTOMER}`, {});
    expect(await blocked()).toMatchObject({ contacts: [] });
    expect((await api.get('whatsapp_accounts/?this_instance=true')).body).toMatchObject({
      results: [{ phone_number: '15550783881', this_instance: true }],
    });
  });
});
