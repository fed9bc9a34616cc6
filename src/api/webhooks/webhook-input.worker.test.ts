import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { StackContext } from '../../store/open-stack.ts';
import { call, make, preparePeople, stack } from './webhooks.test-support.ts';

beforeEach(preparePeople);

async function rowOf(id: number): Promise<unknown> {
  return stack.db.first(sql`select * from webhooks where id = ${id}`);
}

async function fieldsRefused(response: Response): Promise<string[]> {
  expect(response.status).toBe(400);
  const { reason, ...fields } = await response.json<Record<string, unknown>>();
  expect(reason).toEqual(expect.any(String));
  return Object.keys(fields);
}

/** Makes a webhook where some settings are others; returns the status. */
async function statusWith(url: string, settings: Partial<StackContext['config']>): Promise<number> {
  const ctx = { ...stack, config: { ...stack.config, ...settings } };
  return (await call('ann', 'POST', '', { url }, ctx)).status;
}

describe('bad input', () => {
  const url = 'https://example.com/hook';

  it.each<[string, unknown, string]>([
    ['no URL', {}, 'url'],
    ['an empty URL', { url: ' ' }, 'url'],
    ['a URL that is null', { url: null }, 'url'],
    ['a URL that is none', { url: 'example' }, 'url'],
    ['another scheme', { url: 'ftp://example.com/' }, 'url'],
    ['a URL of 2,049 characters', { url: url.padEnd(2049, 'x') }, 'url'],
    ['white space in the URL', { url: 'https://example.com/a b' }, 'url'],
    ['a user name that Basic cannot carry', { url: 'https://a%3Ab:c@example.com/' }, 'url'],
    [
      'two authorizations',
      { url: 'https://a:b@example.com/', headers: { authorization: 'x' } },
      'url',
    ],
    ['an app secret that is too short', { url, app_secret: '1234567' }, 'app_secret'],
    ['an app secret with a blank', { url, app_secret: '12345678 90' }, 'app_secret'],
    ['an app secret that is no text', { url, app_secret: ['a'] }, 'app_secret'],
    ['a header outside ASCII', { url, headers: { 'X-A': 'café' } }, 'headers'],
    ['a metadata address', { url: 'http://169.254.169.254/latest' }, 'url'],
    ['our own host', { url: 'https://inbox.example.com/waba/webhook' }, 'url'],
    ['our own host on another port', { url: 'https://inbox.example.com:8443/' }, 'url'],
    ['a flag that is no boolean', { url, on_assigned: 'perhaps' }, 'on_assigned'],
    ['a flag that is null', { url, on_incoming_message: null }, 'on_incoming_message'],
    ['headers that are a list', { url, headers: ['a'] }, 'headers'],
    ['headers that are no JSON', { url, headers: 'Authorization: x' }, 'headers'],
    ['a header that is reserved', { url, headers: { Host: 'x' } }, 'headers'],
    ['a header with a line break', { url, headers: { 'X-A': 'a\r\nX-B: b' } }, 'headers'],
    ['a header that is an object', { url, headers: { 'X-A': {} } }, 'headers'],
    ['a schedule that there is not', { url, schedule: 'weekly' }, 'schedule'],
    ['a schedule that is null', { url, schedule: null }, 'schedule'],
    ['an order that there is not', { url, ordering: 'customer' }, 'ordering'],
    ['order of bodies that span chats', { url, ordering: 'chat', on_cloud_api: true }, 'ordering'],
    ['a rate limit of none', { url, rate_limit: 0 }, 'rate_limit'],
    ['a rate limit beyond all sense', { url, rate_limit: 1001 }, 'rate_limit'],
    ['a rate limit of half a request', { url, rate_limit: 0.5 }, 'rate_limit'],
    ['a rate limit per hour', { url, rate_limit: 1, rate_limit_per: 'hour' }, 'rate_limit_per'],
    ['a secret that is null', { url, secret: null }, 'secret'],
    ['an empty secret', { url, secret: '' }, 'secret'],
    ['a secret without whsec_', { url, secret: 'A'.repeat(32) }, 'secret'],
    ['a secret that is no base64', { url, secret: `whsec_${'A-_!'.repeat(8)}` }, 'secret'],
    ['a secret of 21 bytes', { url, secret: `whsec_${'AAAA'.repeat(7)}` }, 'secret'],
    ['a secret of 66 bytes', { url, secret: `whsec_${'AAAA'.repeat(22)}` }, 'secret'],
    ['fields without on_cloud_api', { url, fields: ['messages'] }, 'fields'],
    ['fields that are no list', { url, on_cloud_api: true, fields: { a: 1 } }, 'fields'],
    ['a field of another spelling', { url, on_cloud_api: true, fields: ['A-B'] }, 'fields'],
  ])('is refused by the name of its field: %s', async (_what, body, field) => {
    expect(await fieldsRefused(await call('ann', 'POST', '', body))).toEqual([field]);
  });

  it('leaves the webhook as it was', async () => {
    const { id } = await make('ann', { on_assigned: true });
    const before = await rowOf(id);
    const body = { url: 'ftp://x', on_assigned: false };
    expect((await call('ann', 'PATCH', `${id}/`, body)).status).toBe(400);
    expect((await call('ann', 'PUT', `${id}/`, body)).status).toBe(400);
    expect((await call('ann', 'PUT', `${id}/`, { on_assigned: false })).status).toBe(400);
    expect(await rowOf(id)).toEqual(before);
  });

  it('names on_cloud_api where its owner may not read every chat, whoever asks', async () => {
    const refused = await call('groupie', 'POST', '', { url, on_cloud_api: true });
    expect(await fieldsRefused(refused)).toEqual(['on_cloud_api']);
    const { id } = await make('groupie');
    const byAdmin = await call('admin', 'PATCH', `${id}/`, { on_cloud_api: true });
    expect(await fieldsRefused(byAdmin)).toEqual(['on_cloud_api']);
  });

  it('may name other ports of this machine where private targets are allowed, and else not', async () => {
    const sandbox = 'http://localhost:8788/hook';
    expect(await statusWith(sandbox, { allowPrivateTargets: true })).toBe(201);
    expect(await statusWith(sandbox, { allowPrivateTargets: false })).toBe(400);
  });

  it('may not name the public host on any port, nor the port we have on this machine', async () => {
    const publicUrl = 'https://way.example.org';
    expect(await statusWith('https://way.example.org:8443/', { publicUrl })).toBe(400);
    expect(await statusWith('https://other.example.org/', { publicUrl })).toBe(201);
    const local = { publicUrl: 'http://localhost:8787' };
    expect(await statusWith('http://127.0.0.1:8787/', local)).toBe(400);
    expect(await statusWith('http://localhost:8788/', local)).toBe(201);
  });
});
