import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { NEVER_MS } from '../webhooks/enablement.ts';
import { openStack } from '../store/open-stack.ts';
import { RungEvents } from './rung-events.ts';
import { findWaiting } from './sweep.ts';

const { db } = openStack(env, 'default');
const NOW = 1_760_000_000_000;

async function openEvents(count: number, createdAt: number): Promise<void> {
  await db.run(sql`
    insert into events (id, kind, created_at, open, extended, fields, chats, incoming)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
    select 'e' || i, 'waba', ${createdAt}, 1, '{}', '[]', '[]', '[]' from n`);
}

beforeEach(async () => {
  for (const table of ['events', 'deliveries', 'media', 'webhooks', 'replays'])
    await db.run(sql.raw(`delete from ${table}`));
});

describe('what lies waiting', () => {
  it('is every old open event, found page by page without a pause', async () => {
    await openEvents(250, NOW - 60_000);
    const rung = new RungEvents();
    const found: number[] = [];
    const looks: (number | undefined)[] = [];
    for (let look = 0; look < 4; look += 1) {
      const waiting = await findWaiting(db, NOW, rung.upTo(NOW));
      rung.note(waiting.events, NOW);
      found.push(...waiting.events);
      looks.push(waiting.nextAt);
    }
    expect(new Set(found).size).toBe(250);
    expect(found).toHaveLength(250);
    expect(looks).toEqual([NOW, NOW, undefined, undefined]);
  });

  it('leaves an event to its first doorbell for ten seconds, and says when it is to be rung again', async () => {
    await openEvents(1, NOW - 4_000);
    expect(await findWaiting(db, NOW)).toMatchObject({ events: [], nextAt: NOW + 6_000 });
    expect(await findWaiting(db, NOW + 6_000)).toMatchObject({ events: [expect.any(Number)] });
  });

  it('is each webhook with due deliveries once, and each file that is due', async () => {
    await db.run(sql`insert into webhooks (id, user_id, url, headers, secret, since_seq, created_at)
      values (1, 1, 'x', '', '', 0, 1), (2, 1, 'x', '', '', 0, 1), (3, 1, 'x', '', '', 0, 1)`);
    await db.run(sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
      values (1, 1, 'due', 0, ${NOW}), (1, 2, 'due', 0, ${NOW}), (2, 1, 'due', 0, ${NOW + 9_000}), (3, 1, 'delivered', 1, 1)`);
    await db.run(sql`insert into media (id, state, mime_type, next_at, created_at)
      values ('a', 'pending', 'x', ${NOW}, 1), ('b', 'stored', 'x', 1, 1)`);
    expect(await findWaiting(db, NOW)).toEqual({
      events: [],
      webhooks: [1],
      media: ['a'],
      replays: [],
      hasRefresh: true,
      nextAt: NOW + 9_000,
    });
  });

  it('is each running replay whose next step is due, and says when the next one is', async () => {
    const step = (state: string, nextAt: number): ReturnType<typeof sql> => sql`
      insert into replays (webhook_id, user_id, state, filter, cursor_seq, until_seq, total, per_second, next_at, created_at)
      values (1, 1, ${state}, '{}', 0, 9, 9, 25, ${nextAt}, 1)`;
    await db.batch([
      step('running', NOW),
      step('running', NOW + 700),
      step('running', NEVER_MS),
      step('paused', NOW),
      step('done', NOW),
    ]);
    const [first] = await db.all<{ id: number }>(sql`select id from replays order by id`);
    expect(await findWaiting(db, NOW)).toMatchObject({ replays: [first?.id], nextAt: NOW + 700 });
  });
});
