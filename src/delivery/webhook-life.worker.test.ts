import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
  announced,
  answers,
  event,
  eventBell,
  OK,
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
const DAY_MS = 24 * 60 * 60 * 1000;

interface Life {
  is_enabled: number;
  disabled_reason: string | null;
  failing_since: number | null;
  last_error: string | null;
}

function lifeOf(id: number): Promise<Life | undefined> {
  return db.first<Life>(sql`
    select is_enabled, disabled_reason, failing_since, last_error from webhooks where id = ${id}`);
}

/** A webhook whose attempts have failed since some time ago, with one more delivery due. */
async function failingFor(ms: number): Promise<number> {
  answers['down.test'] = STATUS(500);
  const id = await subscribe('down.test');
  await ring(eventBell(await event()));
  await db.run(sql`update webhooks set failing_since = ${Date.now() - ms}`);
  await db.run(sql`update deliveries set next_at = 1`);
  return id;
}

describe('a webhook that fails', () => {
  it('shows since when and why, until an attempt goes well', async () => {
    answers['down.test'] = STATUS(500);
    const id = await subscribe('down.test');
    await ring(eventBell(await event()));
    expect(await lifeOf(id)).toMatchObject({
      failing_since: expect.closeTo(Date.now(), -4),
      last_error: 'The receiver answered 500.',
    });
    answers['down.test'] = OK;
    await db.run(sql`update deliveries set next_at = 1`);
    await ring(webhookBell(id));
    expect(await lifeOf(id)).toMatchObject({ failing_since: null });
  });

  it('is not disabled before five days have passed', async () => {
    const id = await failingFor(5 * DAY_MS - 60_000);
    await ring(webhookBell(id));
    expect(await lifeOf(id)).toMatchObject({ is_enabled: 1 });
  });

  it('for five days is disabled, and keeps what it has not got', async () => {
    const id = await failingFor(5 * DAY_MS);
    await ring(webhookBell(id));
    expect(await lifeOf(id)).toMatchObject({
      is_enabled: 0,
      disabled_reason: 'Every attempt of the last five days failed.',
    });
    expect(await db.all(sql`select state from deliveries`)).toEqual([{ state: 'due' }]);
    expect(announced).toHaveLength(1);
  });

  it('and takes events in the fast lane meanwhile is failing no more', async () => {
    answers['ok.test'] = OK;
    const id = await subscribe('ok.test', { on_cloud_api: 1, failing_since: 1 });
    await ring(eventBell(await event()));
    expect(await lifeOf(id)).toMatchObject({ is_enabled: 1, failing_since: null });
  });
});

describe('a webhook that was disabled', () => {
  it('is told of by an event to the webhooks of the same user that ask for it', async () => {
    answers['gone.test'] = STATUS(410);
    answers['watch.test'] = OK;
    const gone = await subscribe('gone.test');
    await subscribe('watch.test', { on_webhook_disabled: 1 });
    await subscribe('other.test', { on_outgoing_message: 1 });
    await ring(eventBell(await event()));
    const told = await db.first<{ seq: number }>(
      sql`select seq from events where kind = 'webhook'`,
    );
    expect(announced).toHaveLength(1);
    await ring(eventBell(told?.seq ?? 0));
    const [request] = requests.filter(({ host }) => host === 'watch.test');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      disabled_webhooks: [
        {
          id: gone,
          user: { id: 1, username: 'admin' },
          url: 'https://gone.test/hook',
          disabled_reason: 'The receiver answered 410: it wants no more deliveries.',
          failing_since: expect.any(Number),
          disabled_at: expect.any(Number),
        },
      ],
    });
    expect(requests.filter(({ host }) => host === 'other.test')).toEqual([]);
  });

  it('is told of once, however many deliveries find that out', async () => {
    answers['gone.test'] = STATUS(410);
    const id = await subscribe('gone.test', { on_cloud_api: 1, slow_since: 1 });
    const seqs = [await event(), await event()];
    await ring(...seqs.map(eventBell));
    await ring(webhookBell(id));
    await ring(webhookBell(id));
    expect(await db.all(sql`select seq from events where kind = 'webhook'`)).toHaveLength(1);
  });

  it('is nobody else’s affair', async () => {
    answers['gone.test'] = STATUS(410);
    answers['nosy.test'] = OK;
    await db.run(sql`insert or ignore into users (id, username, role, is_active, token_nonce, token_hash, created_at)
      values (77, 'nosy', 'user', 1, 'n', 'h77', 1)`);
    await subscribe('gone.test');
    await subscribe('nosy.test', { user_id: 77, on_webhook_disabled: 1 });
    await ring(eventBell(await event()));
    const told = await db.first<{ seq: number }>(
      sql`select seq from events where kind = 'webhook'`,
    );
    await ring(eventBell(told?.seq ?? 0));
    expect(requests.filter(({ host }) => host === 'nosy.test')).toEqual([]);
  });
});
