import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { joinQueue } from '../../webhooks/chat-queue.ts';
import { NEVER_MS } from '../../webhooks/enablement.ts';
import { rungWebhooks } from '../api.test-support.ts';
import { stack } from '../webhooks/webhooks.test-support.ts';
import { ask, DAY, event, prepareLog, row, rowOf, webhook } from './deliveries.test-support.ts';

const { db } = stack;
const SOON: unknown = expect.closeTo(Date.now(), -5);

beforeEach(async () => {
  await prepareLog();
  rungWebhooks.splice(0);
});

/** Stores attempts of a delivery, one a second. */
async function attempts(id: string, count: number): Promise<void> {
  const [webhookId, seq] = id.split('-').map(Number);
  await db.run(sql`
    insert into attempts (seq, webhook_id, at, number, status, error, latency_ms, request_headers,
      response_headers, response_body, replay_id)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
    select ${seq}, ${webhookId}, ${DAY * 1000} + i * 1000, i, 500, null, i, '{"x-key":"***"}',
      '{"server":"s"}', 'no', null from n`);
}

describe('a delivery', () => {
  it('is shown with its attempts, oldest first', async () => {
    const id = await row(await webhook('ann'), await event(), { state: 'dead', attempts: 2 });
    await attempts(id, 2);
    const delivery = await (await ask('ann', `deliveries/${id}/`)).json();
    const same = {
      status: 500,
      error: null,
      request_headers: { 'x-key': '***' },
      response_headers: { server: 's' },
      response_body: 'no',
      replay: null,
    };
    expect(delivery).toMatchObject({
      id,
      attempts: 2,
      attempts_log: [
        { ...same, number: 1, at: DAY + 1, at_ms: (DAY + 1) * 1000, latency_ms: 1 },
        { ...same, number: 2, at: DAY + 2, latency_ms: 2 },
      ],
    });
  });

  it('is shown with at most the newest hundred', async () => {
    const id = await row(await webhook('ann'), await event());
    await attempts(id, 130);
    const { attempts_log: log } = await (
      await ask('ann', `deliveries/${id}/`)
    ).json<{ attempts_log: { number: number }[] }>();
    expect(log.map(({ number }) => number)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 31),
    );
  });

  it('that succeeded at the first try has the one attempt of its receipt', async () => {
    const webhookId = await webhook('ann');
    const seq = await event({ receipts: [webhookId] });
    const response = await ask('ann', `deliveries/${webhookId}-${seq}/`);
    expect(await response.json()).toMatchObject({
      state: 'delivered',
      attempts: 1,
      attempts_log: [
        {
          number: 1,
          at: DAY + 1,
          status: 200,
          error: null,
          latency_ms: 12,
          request_headers: null,
          response_headers: null,
          response_body: null,
          replay: null,
        },
      ],
    });
  });

  it.each(['GET /', 'POST /retry/', 'POST /skip/'])(
    'is nothing to others: %s',
    async (operation) => {
      const [method, path] = operation.split(' ');
      const [webhookId, seq] = [await webhook('ben'), await event()];
      await row(webhookId, seq);
      const id = `${webhookId}-${seq}`;
      expect((await ask('ann', `deliveries/${id}${path}`, method)).status).toBe(404);
      for (const strange of [`${id}1`, `1${id}`, '1', 'x-1', `0-${seq}`, `${id}-1`]) {
        expect((await ask('admin', `deliveries/${strange}${path}`, method)).status).toBe(404);
      }
      expect(rungWebhooks).toEqual([]);
    },
  );
});

describe('a retry', () => {
  async function retry(id: string): Promise<Response> {
    return ask('ann', `deliveries/${id}/retry/`, 'POST');
  }

  it.each(['dead', 'dropped', 'delivered'] as const)(
    'makes a %s delivery due with no attempt made, outside its replay',
    async (state) => {
      const webhookId = await webhook('ann');
      const before = { state, attempts: 13, status: 500, last_error: 'So.', replay_id: 4 };
      const id = await row(webhookId, await event(), before);
      const response = await retry(id);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        id,
        state: 'due',
        attempts: 0,
        next_attempt_at: expect.closeTo(Date.now() / 1000, -2),
      });
      expect(await rowOf(id)).toMatchObject({
        state: 'due',
        attempts: 0,
        next_at: SOON,
        last_error: 'So.',
        replay_id: null,
      });
      expect(rungWebhooks).toEqual([webhookId]);
    },
  );

  it('gives what succeeded at the first try a row, and keeps that attempt in its log', async () => {
    const webhookId = await webhook('ann');
    const id = `${webhookId}-${await event({ receipts: [webhookId] })}`;
    expect(await (await retry(id)).json()).toMatchObject({ state: 'due', status: 200 });
    expect(await rowOf(id)).toMatchObject({ state: 'due', attempts: 0, next_at: SOON });
    await attempts(id, 2);
    const { attempts_log: log } = await (
      await ask('ann', `deliveries/${id}/`)
    ).json<{ attempts_log: { latency_ms: number }[] }>();
    expect(log.map((attempt) => attempt.latency_ms)).toEqual([1, 12, 2]);
  });

  it('makes one that is due be due at once, with the attempts that it had', async () => {
    const later = Date.now() + 3_600_000;
    const id = await row(await webhook('ann'), await event(), {
      attempts: 4,
      next_at: later,
      replay_id: 4,
    });
    await retry(id);
    expect(await rowOf(id)).toMatchObject({ attempts: 4, next_at: SOON, replay_id: 4 });
  });

  it('is refused while the webhook is disabled', async () => {
    const webhookId = await webhook('ann');
    await db.run(sql`update webhooks set is_enabled = 0 where id = ${webhookId}`);
    const id = await row(webhookId, await event(), { state: 'dead', attempts: 13 });
    const response = await retry(id);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({
      reason: 'The webhook is disabled: enable it first, then retry the delivery.',
    });
    expect(await rowOf(id)).toMatchObject({ state: 'dead', attempts: 13 });
    expect(rungWebhooks).toEqual([]);
  });

  it('is refused where what the event says is gone', async () => {
    const id = await row(await webhook('ann'), await event({ extended: null }), { state: 'dead' });
    expect((await retry(id)).status).toBe(409);
    expect(await rowOf(id)).toMatchObject({ state: 'dead' });
  });

  it('waits behind what comes before it in its chat, and goes before what comes after', async () => {
    const webhookId = await webhook('ann', 'chat');
    const chats = [{ wa_id: '491' }];
    const [first, second] = [await event({ chats }), await event({ chats })];
    const earlier = await row(webhookId, first, { state: 'dead' });
    const later = await row(webhookId, second, { state: 'dead' });
    await retry(earlier);
    expect(await (await retry(later)).json()).toMatchObject({
      state: 'due',
      next_attempt_at: null,
    });
    expect(await rowOf(earlier)).toMatchObject({ next_at: SOON });
    expect(await rowOf(later)).toMatchObject({ next_at: NEVER_MS });
  });
});

describe('skipping', () => {
  async function skip(id: string): Promise<Response> {
    return ask('ann', `deliveries/${id}/skip/`, 'POST');
  }

  it('drops the head of a chat and lets the next one go', async () => {
    const webhookId = await webhook('ann', 'chat');
    const ids: string[] = [];
    for (const wa_id of ['491', '491', '491', '492']) {
      const seq = await event({ chats: [{ wa_id }] });
      ids.push(await row(webhookId, seq, { next_at: Date.now() + 3_600_000 }));
      await db.batch(joinQueue([{ webhook_id: webhookId, seq }]));
    }
    const response = await skip(ids[0] ?? '');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ state: 'dropped', next_attempt_at: null });
    const [first, next, last] = await Promise.all(ids.map(rowOf));
    expect([first?.state, next?.next_at, last?.next_at]).toEqual(['dropped', SOON, NEVER_MS]);
    expect(await db.all(sql`select seq from chat_queue where seq = ${first?.seq}`)).toEqual([]);
    expect(rungWebhooks).toEqual([webhookId]);
  });

  it.each(['dead', 'dropped', 'delivered'] as const)('refuses what is %s', async (state) => {
    const id = await row(await webhook('ann'), await event(), { state });
    expect((await skip(id)).status).toBe(409);
    expect(await rowOf(id)).toMatchObject({ state });
  });

  it('refuses what succeeded at the first try', async () => {
    const webhookId = await webhook('ann');
    const seq = await event({ receipts: [webhookId] });
    expect((await skip(`${webhookId}-${seq}`)).status).toBe(409);
  });
});
