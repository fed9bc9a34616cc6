import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  event,
  eventBell,
  requests,
  ring,
  stack,
  subscribe,
  useLanes,
  webhookBell,
} from './lanes.test-support.ts';

useLanes();
const { db } = stack;

afterEach(async () => {
  await db.run(sql`delete from replays`);
});

/** Hosts that were stored before they were forbidden, say. */
const FORBIDDEN = [
  '169.254.169.254',
  '2852039166',
  '0.0.0.0:8080',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  'metadata.google.internal',
  'localhost:6379',
  'user:pass@example.com',
];

async function lastErrors(): Promise<unknown[]> {
  return db.all(sql`select state, last_error from deliveries`);
}

const REFUSED = {
  state: 'due',
  last_error: 'The URL may not be called: change the URL of the webhook.',
};

describe('a URL that may not be called', () => {
  it.each(FORBIDDEN)('is not called by an attempt of either lane: %s', async (host) => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const id = await subscribe(host);
    await ring(eventBell(await event()));
    expect(await lastErrors()).toEqual([REFUSED]);
    await db.run(sql`update webhooks set probe_at = 1`);
    await db.run(sql`update deliveries set next_at = 1`);
    await ring(webhookBell(id));
    expect(await db.all(sql`select attempts from deliveries`)).toEqual([{ attempts: 2 }]);
    expect(await lastErrors()).toEqual([REFUSED]);
    expect(requests).toEqual([]);
  });

  it.each(FORBIDDEN)('is not called by a replay: %s', async (host) => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const id = await subscribe(host);
    const seq = await event();
    await db.run(sql`update events set open = null`);
    const replay = await db.first<{ id: number }>(sql`
      insert into replays (webhook_id, user_id, state, filter, cursor_seq, until_seq, total, per_second, next_at, created_at)
      values (${id}, 1, 'running', '{}', 0, ${seq}, 1, 10, 1, 1) returning id`);
    await ring({ kind: 'replay', stack: 'default', replay: replay?.id ?? 0 });
    await db.run(sql`update deliveries set next_at = 1`);
    await ring(webhookBell(id));
    expect(await lastErrors()).toEqual([REFUSED]);
    expect(requests).toEqual([]);
  });
});
