import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { openHeaders, openAppSecret } from '../../webhooks/open-sealed.ts';
import type { WebhookRow } from '../../webhooks/webhook.ts';
import { call, make, preparePeople, stack, type ApiWebhook } from './webhooks.test-support.ts';

beforeEach(preparePeople);

const URL_OF_MAKE = 'https://example.com/hook';

async function rowOf(id: number): Promise<WebhookRow> {
  const row = await stack.db.first<WebhookRow>(sql`select * from webhooks where id = ${id}`);
  if (row === undefined) throw new Error('no webhook');
  return row;
}

async function answered(method: string, id: number, body?: unknown): Promise<ApiWebhook> {
  const response = await call('ann', method, `${id}/`, body);
  expect(response.status).toBe(200);
  return response.json<ApiWebhook>();
}

describe('the answer to a webhook that is made or changed warns', () => {
  it('of nothing to get, and so does the list, until there is something', async () => {
    const { id, warnings } = await make('ann');
    expect(warnings).toEqual([expect.stringContaining('It gets no messages')]);
    const list = await (await call('ann', 'GET', '')).json<{ results: ApiWebhook[] }>();
    expect(list.results.map((webhook) => webhook['warnings'])).toEqual([warnings]);
    expect(await answered('PATCH', id, { on_assigned: true })).toMatchObject({ warnings: [] });
    expect(await answered('GET', id)).toMatchObject({ warnings: [] });
  });

  it('of a URL that another webhook has, as far as its reader may see that', async () => {
    const flag = { on_incoming_message: true };
    const first = await make('ann', flag);
    expect(await make('ben', flag)).toMatchObject({ warnings: [] });
    const second = await make('ann', flag);
    expect(second['warnings']).toEqual([
      `Its URL is that of webhook ${first.id} as well: the receiver is called for each.`,
    ]);
    const byAdmin = await call('admin', 'GET', `${second.id}/`);
    const { warnings } = await byAdmin.json<ApiWebhook>();
    expect(JSON.stringify(warnings)).toMatch(/that of webhook \d+, \d+ as well/);
  });

  it('of fields that nobody knows, in its filter and in the body', async () => {
    const body = { on_cloud_api: true, fields: ['message'], on_incomming_message: true };
    expect((await make('ann', body))['warnings']).toEqual([
      'The body has fields that nobody knows, which were not used: "on_incomming_message".',
      'fields names what WhatsApp is not known to send: message.',
    ]);
  });

  it('of none that it shows itself, when an answer is sent back, but of a secret that stays', async () => {
    const { id, secret, ...shown } = await make('ann', { on_assigned: true });
    expect(await answered('PUT', id, { id, ...shown })).toMatchObject({ warnings: [] });
    expect(await answered('PUT', id, { id, secret, ...shown })).toMatchObject({
      warnings: ['secret was left as it is: it is changed by rotate_secret/.'],
    });
  });
});

describe('credentials in the URL of a webhook', () => {
  const withUser = 'https://kim:s3cret@example.com/hook';
  const authorization = `Basic ${btoa('kim:s3cret')}`;

  it('become a sealed header, and the URL is kept without them', async () => {
    const made = await make('ann', { url: withUser, headers: { 'X-Key': 'k' } });
    const headers = { 'X-Key': 'k', Authorization: authorization };
    expect(made).toMatchObject({ url: URL_OF_MAKE, headers });
    const row = await rowOf(made.id);
    expect(row.url).toBe(URL_OF_MAKE);
    expect(row.headers).not.toContain('Basic');
    expect(await openHeaders(stack.config, row.headers)).toEqual(headers);
  });

  it('of a change join the headers that it has, in the place of an older Authorization', async () => {
    const { id } = await make('ann', { headers: { 'X-Key': 'k', authorization: 'Token old' } });
    const changed = await answered('PATCH', id, { url: withUser });
    expect(changed['headers']).toEqual({ 'X-Key': 'k', Authorization: authorization });
    // Without them in the URL the header stays, as every header does.
    const moved = await answered('PATCH', id, { url: 'https://example.com/other' });
    expect(moved['headers']).toEqual(changed['headers']);
    expect((await answered('PUT', id, { url: URL_OF_MAKE }))['headers']).toEqual({});
  });
});

describe('the app secret of a webhook', () => {
  const secret = '0123456789abcdef0123456789abcdef';

  it('is stored sealed and never shown, only whether there is one', async () => {
    const made = await make('ann', { on_cloud_api: true, app_secret: secret });
    expect(made).toMatchObject({ has_app_secret: true });
    expect(JSON.stringify(made)).not.toContain(secret);
    const row = await rowOf(made.id);
    expect(row.app_secret).not.toContain(secret);
    expect(await openAppSecret(stack.config, row)).toBe(secret);
  });

  it('stays where a change or a replacement leaves it out, and goes by null or an empty text', async () => {
    const { id } = await make('ann', { on_cloud_api: true, app_secret: secret });
    const body = { url: URL_OF_MAKE, on_cloud_api: true };
    for (const method of ['PUT', 'PATCH']) {
      expect(await answered(method, id, body)).toMatchObject({ has_app_secret: true });
    }
    expect(await answered('PATCH', id, { app_secret: null })).toMatchObject({
      has_app_secret: false,
    });
    expect(await answered('PUT', id, { ...body, app_secret: secret })).toMatchObject({
      has_app_secret: true,
    });
    expect(await answered('PATCH', id, { app_secret: '' })).toMatchObject({
      has_app_secret: false,
    });
    expect((await rowOf(id)).app_secret).toBeNull();
  });
});
