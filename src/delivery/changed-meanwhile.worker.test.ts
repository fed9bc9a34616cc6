import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { findUser } from '../auth/user.ts';
import { WaypostError } from '../error.ts';
import type { WebhookChange } from '../webhooks/check-webhook.ts';
import { updateWebhook } from '../webhooks/update-webhook.ts';
import { findWaiting } from '../stack/sweep.ts';
import {
  answers,
  deliveries,
  eventBell,
  eventOf,
  OK,
  received,
  requests,
  ring,
  stack,
  STATUS,
  subscribe,
  useLanes,
  webhookBell,
} from './lanes.test-support.ts';

useLanes();
const { db } = stack;

const ANY_URL = { allowPrivate: true, ownHosts: [], dialects: {} };

/** Changes a webhook as the admin does over the API. */
async function change(id: number, wanted: WebhookChange): Promise<void> {
  const admin = await findUser(db, 1);
  if (admin === undefined) throw new WaypostError('not_found', 'There is no admin.');
  await updateWebhook(stack, admin, id, wanted, ANY_URL);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function slowly(ms: number): () => Promise<Response> {
  return async () => {
    await pause(ms);
    return OK();
  };
}

async function dueOf(id: number, count: number): Promise<number[]> {
  const seqs: number[] = [];
  for (let made = 0; made < count; made += 1) seqs.push(await eventOf(`c${made}`));
  await db.run(sql`update webhooks set slow_since = 1 where id = ${id}`);
  await ring(...seqs.map(eventBell));
  return seqs;
}

describe('a webhook that gets an order', () => {
  it.each([
    ['while one of its due deliveries is attempted', true],
    ['while a first attempt hangs', false],
  ])('%s holds up nothing behind that', async (_when, isSlow) => {
    const id = await subscribe('order.test', {
      on_incoming_message: 1,
      slow_since: isSlow ? 1 : null,
    });
    const first = await eventOf('a');
    if (isSlow) await ring(eventBell(first));
    answers['order.test'] = slowly(1_500);
    const running = ring(isSlow ? webhookBell(id) : eventBell(first));
    await pause(300);
    await change(id, { ordering: 'chat' });
    await running;
    answers['order.test'] = OK;
    const second = await eventOf('a');
    await ring(eventBell(second));
    for (let bells = 0; bells < 3; bells += 1) await ring(webhookBell(id));
    expect(received()).toEqual([first, second]);
    expect(await db.all(sql`select * from chat_queue`)).toEqual([]);
  });

  it('gets what it missed before what is new, chat by chat', async () => {
    answers['order.test'] = OK;
    const id = await subscribe('order.test', { on_incoming_message: 1, ordering: 'chat' });
    await change(id, { isEnabled: false });
    const missed = await eventOf('a');
    await db.run(sql`update events set open = null where seq = ${missed}`);
    await change(id, { isEnabled: true });
    const live = await eventOf('a');
    await ring(eventBell(live));
    await ring(webhookBell(id));
    expect(received()).toEqual([]);
    const [replay] = await db.all<{ id: number }>(sql`select id from replays`);
    await ring({ kind: 'replay', stack: 'default', replay: replay?.id });
    for (let bells = 0; bells < 3; bells += 1) await ring(webhookBell(id));
    expect(received()).toEqual([missed, live]);
  });
});

describe('a webhook that is changed while it is worked', () => {
  it('and paused gets nothing more, and keeps the rest', async () => {
    const id = await subscribe('busy.test', { on_incoming_message: 1 });
    await dueOf(id, 8);
    answers['busy.test'] = async () => {
      if (requests.length === 2) await change(id, { isEnabled: false });
      return OK();
    };
    await ring(webhookBell(id));
    expect(requests).toHaveLength(2);
    const due = await db.first(sql`
      select count(*) as count, min(next_at) as next_at from deliveries where state = 'due'`);
    expect(due).toEqual({ count: 6, next_at: Number.MAX_SAFE_INTEGER });
  });

  it('and given another URL gets nothing more at the old one', async () => {
    const id = await subscribe('old.test', { on_incoming_message: 1 });
    await dueOf(id, 5);
    answers['new.test'] = OK;
    answers['old.test'] = async () => {
      await change(id, { url: 'https://new.test/hook' });
      return OK();
    };
    await ring(webhookBell(id));
    await ring(webhookBell(id));
    expect(requests.map(({ host }) => host)).toEqual(['old.test', ...Array(4).fill('new.test')]);
  });

  it('has no second attempt beside one that probes, however it is enabled', async () => {
    const id = await subscribe('probed.test', { on_incoming_message: 1, ordering: 'chat' });
    await dueOf(id, 2);
    await db.run(sql`update webhooks set breaker_opened_at = 5, probe_at = 6`);
    const open = { now: 0, most: 0 };
    answers['probed.test'] = async () => {
      open.most = Math.max(open.most, (open.now += 1));
      await pause(700);
      open.now -= 1;
      return OK();
    };
    const probing = ring(webhookBell(id));
    await pause(200);
    await change(id, { isEnabled: false });
    await change(id, { isEnabled: true });
    await ring(webhookBell(id));
    await probing;
    expect(open.most).toBe(1);
  });
});

describe('a delivery that is skipped while others are attempted', () => {
  it('is not attempted any more', async () => {
    const id = await subscribe('busy.test', { on_incoming_message: 1 });
    const [, skipped] = await dueOf(id, 2);
    answers['busy.test'] = async () => {
      await db.run(sql`update deliveries set state = 'dropped' where seq = ${skipped}`);
      return OK();
    };
    await ring(webhookBell(id));
    expect(requests).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ state: 'delivered' }, { state: 'dropped' }]);
  });
});

describe('a rate limit', () => {
  it('holds when the breaker opens and closes in between', async () => {
    const limit = { rate_limit: 20, rate_limit_per: 'minute' };
    const id = await subscribe('calm.test', { on_incoming_message: 1, ...limit });
    await dueOf(id, 30);
    answers['calm.test'] = STATUS(500);
    await ring(webhookBell(id));
    expect(requests).toHaveLength(20);
    const webhook = await db.first<{ probe_at: number; breaker_opened_at: number | null }>(
      sql`select probe_at, breaker_opened_at from webhooks`,
    );
    expect(webhook?.breaker_opened_at).not.toBeNull();
    expect(webhook?.probe_at).toBeGreaterThan(Date.now() + 55_000);
  });
});

describe('an event that takes long to deliver', () => {
  it('is delivered once, although the sweep rings for it again', async () => {
    await subscribe('slow.test', { on_incoming_message: 1 });
    answers['slow.test'] = slowly(400);
    const seq = await eventOf('a');
    await db.run(sql`update events set created_at = ${Date.now() - 12_000}`);
    const waiting = await findWaiting(db, Date.now());
    const [first, second] = await Promise.all([
      ring(eventBell(seq)),
      pause(100).then(() => ring(...waiting.events.map(eventBell))),
    ]);
    expect(received()).toEqual([seq]);
    expect([first, second]).toEqual([
      { acked: ['0'], retried: [] },
      { acked: [], retried: ['0'] },
    ]);
  });

  it('leaves the fast lane to others in time', async () => {
    await subscribe('slow.test', { on_incoming_message: 1 });
    answers['slow.test'] = slowly(900);
    const seqs: number[] = [];
    for (let count = 0; count < 10; count += 1) seqs.push(await eventOf('a'));
    const startedAt = Date.now();
    await ring(...seqs.map(eventBell));
    expect(Date.now() - startedAt).toBeLessThan(8_000);
    expect(requests.length).toBeLessThan(10);
    const left = await db.first<{ count: number }>(
      sql`select count(*) as count from deliveries where state = 'due'`,
    );
    expect(left?.count).toBe(10 - requests.length);
  }, 15_000);
});
