import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_WEBHOOKS } from '../../webhooks/create-webhook.ts';
import {
  call,
  make,
  PEOPLE,
  preparePeople,
  stack,
  type ApiWebhook,
  type Who,
} from './webhooks.test-support.ts';

beforeEach(preparePeople);

async function rowOf(id: number): Promise<Record<string, unknown> | undefined> {
  return stack.db.first(sql`select * from webhooks where id = ${id}`);
}

async function list(
  who: Who,
  query = '',
): Promise<{ count: number; next: string | null; results: ApiWebhook[] }> {
  return (await call(who, 'GET', query)).json();
}

describe('creating a webhook', () => {
  it('answers with all of it, and with its secret', async () => {
    const body = {
      url: 'https://example.com/hook?auth=s3',
      on_incoming_message: true,
      headers: { Authorization: 'Token abc', 'X-Retries': 3 },
    };
    const response = await call('ann', 'POST', '', body);
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      id: expect.any(Number),
      user: {
        id: PEOPLE.ann,
        username: 'ann',
        url: `https://inbox.example.com/api/v1/users/${PEOPLE.ann}/`,
      },
      url: 'https://example.com/hook?auth=s3',
      on_incoming_message: true,
      on_outgoing_message: false,
      on_assigned: false,
      on_cloud_api: false,
      on_webhook_disabled: false,
      fields: null,
      headers: { Authorization: 'Token abc', 'X-Retries': '3' },
      has_app_secret: false,
      dialect: 'getchat',
      dialect_events: null,
      schedule: 'default',
      ordering: 'none',
      rate_limit: null,
      rate_limit_per: 'second',
      is_enabled: true,
      is_paused: false,
      disabled_reason: null,
      breaker: 'closed',
      failing_since: null,
      last_error: null,
      last_error_at: null,
      counters: { delivered: 0, failed: 0, pending: 0 },
      created_at: expect.closeTo(Date.now() / 1000, -2),
      warnings: [],
      secret: expect.stringMatching(/^whsec_[A-Za-z\d+/]{43}=$/),
    });
  });

  it('shows the secret once and never again', async () => {
    const { id, secret } = await make('ann');
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['GET', `${id}/`, undefined],
      ['PATCH', `${id}/`, { on_assigned: true }],
      ['PUT', `${id}/`, { url: 'https://example.com/other' }],
    ] as const) {
      const text = await (await call('ann', method, path, body)).text();
      expect(text).toContain('https://example.com');
      expect(text).not.toContain(secret);
      expect(text).not.toContain('"secret"');
    }
  });

  it('keeps headers and secret out of reach of who can read the database', async () => {
    const { id, secret } = await make('ann', { headers: { Authorization: 'Token hunter2' } });
    await call('ann', 'PATCH', `${id}/`, { headers: { 'X-Api-Key': 'correct-horse' } });
    const dump = JSON.stringify(await stack.db.all(sql`select * from webhooks`));
    expect(dump).toContain('https://example.com/hook');
    for (const hidden of ['hunter2', 'correct-horse', 'X-Api-Key', secret.slice(6)]) {
      expect(dump).not.toContain(hidden);
    }
  });

  it('takes a form, with text for booleans, objects and lists', async () => {
    const form = new URLSearchParams({
      url: ' https://example.com/hook ',
      on_cloud_api: 'on',
      on_assigned: 'false',
      fields: '["messages","statuses"]',
      headers: '{"Authorization": "Token abc"}',
    });
    const response = await call('ann', 'POST', '', form);
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      url: 'https://example.com/hook',
      on_cloud_api: true,
      on_assigned: false,
      fields: ['messages', 'statuses'],
      headers: { Authorization: 'Token abc' },
    });
  });

  it('takes JSON text inside JSON, one field by its name, and nothing for none', async () => {
    const body = { on_cloud_api: 'true', fields: 'calls', headers: '{"X-A":"1"}' };
    expect(await make('ann', body)).toMatchObject({ fields: ['calls'], headers: { 'X-A': '1' } });
    const empty = { on_cloud_api: true, fields: '', headers: '' };
    expect(await make('ann', empty)).toMatchObject({ fields: null, headers: {} });
  });

  it('starts after the newest event', async () => {
    await stack.db.run(sql`
      insert into events (seq, id, kind, created_at, headers, fields, chats, incoming)
      values (41, 'e', 'waba', 0, '{}', '[]', '[]', '[]')`);
    const { id } = await make('ann');
    expect(await rowOf(id)).toMatchObject({ since_seq: 41 });
  });

  it(`refuses another one when there are ${MAX_WEBHOOKS}`, async () => {
    await stack.db.run(sql`
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MAX_WEBHOOKS})
      insert into webhooks (user_id, url, headers, secret, since_seq, created_at)
      select ${PEOPLE.ben}, 'https://example.com', '', '', 0, 0 from n`);
    const response = await call('ann', 'POST', '', { url: 'https://example.com/hook' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      reason: 'There are 100 webhooks, as many as there may be: delete one first.',
    });
  });
});

describe('whose webhooks one sees', () => {
  it('lists everybody their own, and everything to admins, by pages', async () => {
    const mine = await make('ann');
    const theirs = await make('ben');
    expect((await list('ann')).results.map(({ id }) => id)).toEqual([mine.id]);
    expect((await list('admin')).results.map(({ id }) => id)).toEqual([mine.id, theirs.id]);
    const first = await list('admin', '?limit=1');
    expect([first.count, first.results.length]).toEqual([2, 1]);
    expect(first.next).toBe('https://inbox.example.com/api/v1/webhooks/waba/?limit=1&offset=1');
  });

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])(
    "answers %s on somebody else's webhook as if there were none",
    async (method) => {
      const { id } = await make('ben');
      const body =
        method === 'GET' || method === 'DELETE' ? undefined : { url: 'https://x.example' };
      const before = await rowOf(id);
      const response = await call('ann', method, `${id}/`, body);
      expect([response.status, await response.json()]).toEqual([404, { detail: 'Not found.' }]);
      expect(await rowOf(id)).toEqual(before);
    },
  );

  it.each(['0', '999999', '-1', '1.5', 'abc', '1e3', '9'.repeat(30)])(
    'answers 404 for the id %s',
    async (id) => {
      expect((await call('admin', 'GET', `${id}/`)).status).toBe(404);
    },
  );

  it('lets an admin change a webhook, which stays with its owner', async () => {
    const { id } = await make('ben', { headers: { Authorization: 'Token abc' } });
    const response = await call('admin', 'PATCH', `${id}/`, { on_outgoing_message: true });
    expect(await response.json()).toMatchObject({
      user: { id: PEOPLE.ben },
      on_outgoing_message: true,
      headers: { Authorization: 'Token abc' },
    });
  });
});

describe('changing a webhook', () => {
  const FULL = {
    on_incoming_message: true,
    on_cloud_api: true,
    fields: ['messages'],
    headers: { Authorization: 'Token abc' },
    schedule: 'short',
  };

  it('by PATCH changes what is named and nothing else', async () => {
    const { secret: _, ...made } = await make('ann', FULL);
    const response = await call('ann', 'PATCH', `${made.id}/`, { on_assigned: true });
    expect([response.status, await response.json()]).toEqual([200, { ...made, on_assigned: true }]);
    const nothing = await call('ann', 'PATCH', `${made.id}/`, {});
    expect(await nothing.json()).toEqual({ ...made, on_assigned: true });
  });

  it('by PUT is as making it anew, except for its owner, its secret and its first event', async () => {
    const { secret: _, ...made } = await make('ann', FULL);
    const { secret, since_seq } = (await rowOf(made.id)) ?? {};
    const response = await call('ann', 'PUT', `${made.id}/`, { url: 'https://example.com/new' });
    expect(await response.json()).toEqual({
      ...made,
      url: 'https://example.com/new',
      on_incoming_message: false,
      on_cloud_api: false,
      fields: null,
      headers: {},
      schedule: 'default',
      warnings: [expect.stringContaining('It gets no messages')],
    });
    expect(await rowOf(made.id)).toMatchObject({ secret, since_seq });
  });

  it.each(['default', 'short', 'long'])('can give it the schedule %s', async (schedule) => {
    expect(await make('ann', { schedule })).toMatchObject({ schedule });
    const { id } = await make('ann');
    for (const method of ['PATCH', 'PUT']) {
      const body = { url: 'https://example.com/hook', schedule };
      expect(await (await call('ann', method, `${id}/`, body)).json()).toMatchObject({ schedule });
    }
    expect(await (await call('ann', 'GET', `${id}/`)).json()).toMatchObject({ schedule });
  });

  it('drops the filter together with on_cloud_api', async () => {
    const { id } = await make('ann', FULL);
    const response = await call('ann', 'PATCH', `${id}/`, { on_cloud_api: false });
    expect(await response.json()).toMatchObject({ on_cloud_api: false, fields: null });
  });
});

describe('deleting a webhook', () => {
  it('takes what was to be delivered with it, and nothing of others', async () => {
    const { id } = await make('ann');
    const other = await make('ann');
    await stack.db.run(sql`
      insert into deliveries (webhook_id, seq, state, attempts, next_at)
      values (${id}, 1, 'due', 1, 0), (${other.id}, 1, 'due', 1, 0)`);
    const response = await call('ann', 'DELETE', `${id}/`);
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect((await call('ann', 'GET', `${id}/`)).status).toBe(404);
    expect((await call('ann', 'DELETE', `${id}/`)).status).toBe(404);
    const left = await stack.db.all(sql`select webhook_id from deliveries`);
    expect(left).toEqual([{ webhook_id: other.id }]);
  });
});

describe('a webhook stored under another SECRET_KEY', () => {
  const config = { ...stack.config, secretKey: 'another-key-of-at-least-thirty-two-characters' };

  it('hides no other webhook, says what is wrong and can be deleted', async () => {
    const lost = await make('ann', { headers: { Authorization: 'Token abc' } });
    const changed = { ...stack, config };
    const found = await call('ann', 'POST', '', { url: 'https://example.com/new' }, changed);
    expect(found.status).toBe(201);
    const listed = await call('ann', 'GET', '', undefined, changed);
    expect(await listed.json()).toMatchObject({
      results: [
        {
          id: lost.id,
          headers: {},
          is_enabled: false,
          disabled_reason: expect.stringContaining('SECRET_KEY'),
        },
        { is_enabled: true, disabled_reason: null },
      ],
    });
    const tested = await call('ann', 'POST', `${lost.id}/test/`, undefined, changed);
    expect(tested.status).toBe(400);
    expect((await call('ann', 'DELETE', `${lost.id}/`, undefined, changed)).status).toBe(204);
  });
});
