import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { call, make, preparePeople, stack, type ApiWebhook } from './webhooks.test-support.ts';

beforeEach(preparePeople);
const { db } = stack;

async function post(path: string, who: 'ann' | 'ben' | 'admin' = 'ann'): Promise<ApiWebhook> {
  const response = await call(who, 'POST', path);
  expect(response.status).toBe(200);
  return response.json<ApiWebhook>();
}

describe('a pause', () => {
  it('is begun and ended by its owner, and is no fault', async () => {
    const { id } = await make('ann');
    const paused = { is_enabled: false, is_paused: true, disabled_reason: null };
    expect(await post(`${id}/pause/`)).toMatchObject(paused);
    expect(await post(`${id}/pause/`)).toMatchObject(paused);
    expect(await post(`${id}/resume/`)).toMatchObject({ is_enabled: true, is_paused: false });
  });

  it('is nobody else’s to begin, but an admin’s', async () => {
    const { id } = await make('ann');
    expect((await call('ben', 'POST', `${id}/pause/`)).status).toBe(404);
    expect(await post(`${id}/pause/`, 'admin')).toMatchObject({ is_paused: true });
  });

  it('that is ended brings what came meanwhile by a replay', async () => {
    const { id } = await make('ann', { on_cloud_api: true });
    await post(`${id}/pause/`);
    await db.run(sql`insert into events (id, kind, created_at, extended, fields, chats, incoming)
      values ('e', 'waba', 1, '{}', '["messages"]', '[]', '[]')`);
    await post(`${id}/resume/`);
    expect(
      await db.all(sql`select webhook_id, state, until_seq - cursor_seq as events from replays`),
    ).toEqual([{ webhook_id: id, state: 'running', events: 1 }]);
  });
});

describe('a rate limit and an order', () => {
  it('are set, shown and lifted', async () => {
    const wanted = { ordering: 'chat', rate_limit: 5, rate_limit_per: 'minute' };
    const { id } = await make('ann', { on_incoming_message: true, ...wanted });
    expect(await (await call('ann', 'GET', `${id}/`)).json()).toMatchObject(wanted);
    const lifted = { ordering: 'none', rate_limit: null };
    const response = await call('ann', 'PATCH', `${id}/`, lifted);
    expect(await response.json()).toMatchObject({ ...lifted, rate_limit_per: 'minute' });
    const replaced = await call('ann', 'PUT', `${id}/`, { url: 'https://example.com/hook' });
    expect(await replaced.json()).toMatchObject({ ...lifted, rate_limit_per: 'second' });
  });

  it('are taken from a form, too', async () => {
    const form = new URLSearchParams({
      url: 'https://example.com/hook',
      on_incoming_message: 'true',
      ordering: 'chat',
      rate_limit: '20',
    });
    const response = await call('ann', 'POST', '', form);
    expect(await response.json()).toMatchObject({ ordering: 'chat', rate_limit: 20 });
  });

  it('put what is pending in order, and free it when the order is lifted', async () => {
    const { id } = await make('ann', { on_incoming_message: true });
    for (const seq of [1, 2]) {
      await db.batch([
        sql`insert into events (seq, id, kind, created_at, extended, fields, chats, incoming)
            values (${seq}, ${`e${seq}`}, 'waba', 1, '{}', '[]', '[{"wa_id":"a"}]', '[]')`,
        sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
            values (${id}, ${seq}, 'due', 0, 5)`,
      ]);
    }
    const held = async (): Promise<unknown> =>
      db.first(sql`select next_at > ${Date.now()} as is_held from deliveries where seq = 2`);
    await call('ann', 'PATCH', `${id}/`, { ordering: 'chat' });
    expect(await held()).toEqual({ is_held: 1 });
    await call('ann', 'PATCH', `${id}/`, { ordering: 'none' });
    expect(await held()).toEqual({ is_held: 0 });
    expect(await db.all(sql`select * from chat_queue`)).toEqual([]);
  });
});

describe('how a webhook fares', () => {
  it('is in its answer: breaker, failures, the last error and counters', async () => {
    const { id } = await make('ann');
    const until = Date.now() + 20_000;
    await db.batch([
      sql`update webhooks set breaker_opened_at = 1, probe_at = ${until}, failing_since = 1760000000999,
          last_error = 'The receiver answered 500.', last_error_at = 1760000001999 where id = ${id}`,
      sql`insert into deliveries (webhook_id, seq, state, attempts, next_at) values (${id}, 9, 'due', 1, 5)`,
    ]);
    expect(await (await call('ann', 'GET', `${id}/`)).json()).toMatchObject({
      breaker: 'open',
      failing_since: 1_760_000_000,
      last_error: 'The receiver answered 500.',
      last_error_at: 1_760_000_001,
      counters: { delivered: 0, failed: 0, pending: 1 },
    });
    await db.run(sql`update webhooks set probe_at = 1`);
    const list = await (await call('ann', 'GET', '')).json<{ results: ApiWebhook[] }>();
    expect(list.results).toMatchObject([{ breaker: 'half_open' }]);
  });

  it('is counted on after another webhook, which had the latest attempts, is deleted', async () => {
    const [kept, gone] = [await make('ann'), await make('ann')];
    const attempt = (id: number, at: number): Promise<number> =>
      db.run(sql`insert into attempts (seq, webhook_id, at, number, status, latency_ms, request_headers)
        values (1, ${id}, ${at}, 1, 500, 5, '{}')`);
    await attempt(kept.id, 1);
    await attempt(gone.id, 2);
    await attempt(gone.id, 3);
    await call('ann', 'GET', '');
    expect((await call('ann', 'DELETE', `${gone.id}/`)).status).toBe(204);
    await attempt(kept.id, 4);
    expect(await (await call('ann', 'GET', `${kept.id}/`)).json()).toMatchObject({
      counters: { failed: 2 },
    });
  });
});
