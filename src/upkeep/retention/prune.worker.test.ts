import { sql, type SQL } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Retention } from '../../config.ts';
import { contentsKeys, placeContents, type Receipt } from '../../events/event.ts';
import { listChats } from '../../inbox/chats/list-chats.ts';
import { linksAt } from '../../inbox/media/links.ts';
import { clearInbox, seedMessages, seedUser, stack } from '../../inbox/seed.test-support.ts';
import { acceptMessage } from '../../inbox/sending/accept-message.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { NEVER_MS } from '../../webhooks/enablement.ts';
import { listAttempts } from '../../webhooks/log/list-attempts.ts';
import { type PrunedKind, pruneSteps, rarePruneSteps, runSteps } from './prune.ts';

const { db, files } = stack;
const NOW = 1_760_000_000_000;
const DAY_MS = 24 * 60 * 60 * 1000;

beforeEach(async () => {
  await clearInbox();
  const tables = 'events deliveries attempts chat_queue replays statuses media outbox waba_errors';
  const histories = 'tagging_events assignment_events';
  for (const table of `${tables} ${histories} idempotency_keys webhooks`.split(' '))
    await db.run(sql.raw(`delete from ${table}`));
  await db.run(sql`delete from counters where name not in ('messages', 'chats')`);
});

function keeping(days: Partial<Retention>): StackContext {
  const retention = { logDays: 30, eventsDays: 90, messagesDays: undefined, ...days };
  return { ...stack, config: { ...stack.config, retention } };
}

/** Runs each step once; says what is gone and whether there may be more. */
async function prune(
  ctx: StackContext,
): Promise<{ removed: Partial<Record<PrunedKind, number>>; hasMore: boolean }> {
  const steps = [...pruneSteps(ctx), ...rarePruneSteps(ctx)];
  const { removed, unfinished } = await runSteps(steps, NOW);
  return { removed: Object.fromEntries(removed), hasMore: unfinished.length > 0 };
}

async function one<Value = number>(query: SQL): Promise<Value | undefined> {
  const row = await db.first<{ value: Value }>(query);
  return row?.value;
}

async function seqs(table: string): Promise<number[]> {
  const rows = await db.all<{ seq: number }>(sql.raw(`select seq from ${table} order by seq`));
  return rows.map(({ seq }) => seq);
}

async function seedEvent(seq: number, daysAgo: number, inR2 = 0, subscribers = 1): Promise<void> {
  const at = NOW - daysAgo * DAY_MS;
  const receipts = Array.from({ length: subscribers }, (_, index): Receipt => {
    return { webhook: index + 1, status: 200, ms: 12, at };
  });
  await db.run(sql`
    insert into events (seq, id, kind, created_at, body, extended, in_r2, fields, chats, incoming, receipts)
    values (${seq}, ${`event-${seq}`}, 'waba', ${at}, '{}', '{}', ${inR2}, '[]', '[]', '[]', ${JSON.stringify(receipts)})`);
}

async function seedDelivery(seq: number, state = 'dead', nextAt = 1): Promise<void> {
  await db.run(sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
    values (1, ${seq}, ${state}, 1, ${nextAt})`);
}

async function seedAttempt(seq: number, daysAgo: number): Promise<void> {
  await db.run(sql`insert into attempts (seq, webhook_id, at, number, latency_ms, request_headers)
    values (${seq}, 1, ${NOW - daysAgo * DAY_MS}, 1, 5, '{}')`);
}

describe('the log', () => {
  it('goes when it is old: attempts and ended deliveries, but not the events', async () => {
    for (const [seq, daysAgo] of [
      [1, 40],
      [2, 31],
      [3, 29],
    ] as const) {
      await seedEvent(seq, daysAgo);
      await seedDelivery(seq);
      await seedAttempt(seq, daysAgo);
    }
    await db.run(sql`update deliveries set state = 'due' where seq = 1`);
    expect(await prune(keeping({}))).toMatchObject({
      removed: { attempts: 2, deliveries: 1 },
      hasMore: false,
    });
    expect(await seqs('events')).toEqual([1, 2, 3]);
    expect(await seqs('deliveries')).toEqual([1, 3]);
    expect(await seqs('attempts')).toEqual([3]);
  });

  it('shows no receipt that is old, whether there are few of them or many', async () => {
    const seen = async (): Promise<number[]> => {
      const attempts = [1, 2, 3].map((seq) => listAttempts(db, { webhook_id: 1, seq }));
      return (await Promise.all(attempts)).map(({ length }) => length);
    };
    await seedEvent(1, 40);
    await seedEvent(2, 40, 0, 20);
    await seedEvent(3, 29, 0, 20);
    expect(await seen()).toEqual([1, 1, 1]);
    await prune(keeping({}));
    expect(await seen()).toEqual([0, 0, 1]);
  });

  it('writes no row to remove the receipts of a few subscribers, which cost less to keep', async () => {
    await seedEvent(1, 40, 0, 4);
    await seedEvent(2, 40, 0, 6);
    await prune(keeping({}));
    expect(
      await db.all(sql`select seq, json_array_length(receipts) as kept from events order by seq`),
    ).toEqual([
      { seq: 1, kept: 4 },
      { seq: 2, kept: null },
    ]);
  });

  it('never loses its newest attempt, whose number would be given out again', async () => {
    for (const seq of [1, 2]) await seedAttempt(seq, 50);
    await prune(keeping({}));
    await prune(keeping({}));
    expect(await seqs('attempts')).toEqual([2]);
    await seedAttempt(3, 0);
    expect(await one(sql`select max(n) as value from attempts`)).toBe(3);
  });

  it('goes by and by where there is much of it', async () => {
    await db.run(sql`
      insert into attempts (seq, webhook_id, at, number, latency_ms, request_headers)
      with recursive c (i) as (select 1 union all select i + 1 from c where i < 700)
      select i, 1, i, 1, 5, '{}' from c`);
    const steps: unknown[] = [];
    for (let step = 0; step < 4; step += 1) {
      const { removed, hasMore } = await prune(keeping({}));
      steps.push([removed.attempts, hasMore]);
    }
    expect(steps).toEqual([
      [300, true],
      [300, true],
      [99, false],
      [undefined, false],
    ]);
  });

  it('goes with the keys of requests after a day and with ended replays', async () => {
    const hours = (count: number): number => NOW - count * 60 * 60 * 1000;
    for (const [key, at] of [
      ['a', 30],
      ['b', 25],
      ['c', 23],
    ] as const) {
      await db.run(sql`insert into idempotency_keys (user_id, key, body_hash, message_id, created_at)
        values (1, ${key}, 'x', 'x', ${hours(at)})`);
    }
    await db.run(sql`
      insert into replays (webhook_id, user_id, state, filter, cursor_seq, until_seq, total, per_second, next_at, created_at, ended_at)
      values (1, 1, 'done', '{}', 1, 1, 1, 1, 1, 1, ${NOW - 31 * DAY_MS}),
        (1, 1, 'done', '{}', 1, 1, 1, 1, 1, 1, ${NOW - 29 * DAY_MS}), (1, 1, 'running', '{}', 1, 1, 1, 1, 1, 1, null)`);
    expect((await prune(keeping({}))).removed).toMatchObject({ idempotency_keys: 2, replays: 1 });
    expect(await one<string>(sql`select group_concat(key) as value from idempotency_keys`)).toBe(
      'c',
    );
  });
});

describe('old events', () => {
  it('go with all that belongs to them, what lies in R2 first', async () => {
    const large = { body: 'x'.repeat(1_600_000), extended: {} };
    await placeContents(files, { ...newEvent('event-1'), ...large });
    await seedEvent(1, 100, 1);
    await seedEvent(2, 91);
    await db.run(sql`update events set extended = '{' where seq = 2`);
    await seedEvent(3, 89);
    for (const seq of [1, 2, 3]) await seedDelivery(seq, 'due', NEVER_MS);
    for (const seq of [1, 2, 3]) await seedAttempt(seq, 1);
    expect((await prune(keeping({}))).removed).toMatchObject({ events: 2 });
    for (const table of ['events', 'deliveries', 'attempts'])
      expect(await seqs(table)).toEqual([3]);
    for (const key of contentsKeys({ id: 'event-1' })) expect(await files.getText(key)).toBeNull();
  });

  it('take the statuses with them that no message has', async () => {
    const statuses = JSON.stringify({ statuses: [{ id: 'w1' }, { id: 'foreign' }] });
    await seedMessages([{ chat: '491', timestamp: 1, wabaId: 'w1', fromUs: true }]);
    await seedEvent(1, 100);
    await seedEvent(2, 1);
    await db.run(sql`update events set extended = ${statuses} where seq = 1`);
    await db.run(sql`insert into statuses (waba_id, status, timestamp, payload)
      values ('w1', 'read', 1, '{}'), ('foreign', 'read', 1, '{}'), ('other', 'read', 1, '{}')`);
    await prune(keeping({}));
    expect(await db.all(sql`select waba_id from statuses`)).toEqual([
      { waba_id: 'other' },
      { waba_id: 'w1' },
    ]);
  });

  it('never go all: the newest keeps the sequence number that comes next', async () => {
    for (const seq of [7, 8]) await seedEvent(seq, 200);
    await prune(keeping({}));
    await prune(keeping({}));
    expect(await seqs('events')).toEqual([8]);
  });

  it('hold up nothing behind them in the queue of a chat', async () => {
    await db.run(sql`insert into webhooks (id, user_id, url, headers, secret, since_seq, ordering, created_at)
      values (1, 1, 'https://a.example', '', '', 0, 'chat', 1)`);
    await seedEvent(1, 91);
    for (const seq of [2, 3]) await seedEvent(seq, 1);
    for (const seq of [1, 2, 3]) await seedDelivery(seq, 'due', NEVER_MS);
    await db.run(
      sql`insert into chat_queue (webhook_id, chat, seq) values (1, 'a', 1), (1, 'a', 2), (1, 'a', 3)`,
    );
    await prune(keeping({}));
    expect(await seqs('chat_queue')).toEqual([2, 3]);
    expect(await db.all(sql`select seq, next_at from deliveries order by seq`)).toEqual([
      { seq: 2, next_at: NOW },
      { seq: 3, next_at: NEVER_MS },
    ]);
  });
});

describe('old messages', () => {
  const seconds = (daysAgo: number): number => Math.floor((NOW - daysAgo * DAY_MS) / 1000);

  async function seedOld(): Promise<void> {
    await seedMessages([
      {
        chat: '491',
        timestamp: seconds(500),
        id: 'm1',
        wabaId: 'w1',
        text: 'long forgotten words',
      },
      { chat: '491', timestamp: seconds(499), id: 'm2', wabaId: 'w2', fromUs: true },
      { chat: '491', timestamp: seconds(1), id: 'm3', text: 'fresh words' },
      { chat: '492', timestamp: seconds(450), id: 'm4' },
    ]);
    await db.run(
      sql`insert into statuses (waba_id, status, timestamp, payload) values ('w2', 'read', 1, '{}')`,
    );
  }

  it('stay for ever unless the stack says otherwise', async () => {
    await seedOld();
    await prune(keeping({}));
    expect(await one(sql`select count(*) as value from messages`)).toBe(4);
  });

  it('go with their statuses and their places in the search index, and counts go down', async () => {
    await seedOld();
    expect((await prune(keeping({ messagesDays: 400 }))).removed).toMatchObject({ messages: 3 });
    expect(await db.all(sql`select id from messages`)).toEqual([{ id: 'm3' }]);
    expect(await one(sql`select count(*) as value from statuses`)).toBe(0);
    expect(await one(sql`select value from counters where name = 'messages'`)).toBe(1);
    const found = sql`select count(*) as value from messages_search where messages_search match 'words'`;
    expect(await one(found)).toBe(1);
    expect(
      await db.all(sql`select wa_id, message_count, inbound_count from chats order by wa_id`),
    ).toEqual([
      { wa_id: '491', message_count: 1, inbound_count: 2 },
      { wa_id: '492', message_count: 0, inbound_count: 1 },
    ]);
  });

  it('are unread no more', async () => {
    await seedOld();
    const user = await seedUser('reader');
    await prune(keeping({ messagesDays: 400 }));
    const request = { search: undefined, part: { limit: 9, offset: 0 } };
    const links = linksAt(stack.config, 'https://inbox.example', Date.now());
    const { items } = await listChats(db, user, request, links);
    expect(items.map((chat) => [chat.wa_id, chat.new_messages])).toEqual([
      ['491', 1],
      ['492', 0],
    ]);
  });

  it('take their files with them, but not one that another message has', async () => {
    await seedOld();
    for (const id of ['own', 'shared']) {
      await files.put(`media/${id}`, 'bytes');
      await db.run(
        sql`insert into media (id, state, mime_type, created_at) values (${id}, 'stored', 'x', 1)`,
      );
    }
    await db.run(
      sql`update messages set media_id = iif(id = 'm1', 'own', 'shared') where id in ('m1', 'm2', 'm3')`,
    );
    await prune(keeping({ messagesDays: 400 }));
    expect(await db.all(sql`select id from media`)).toEqual([{ id: 'shared' }]);
    expect([await files.getText('media/own'), await files.getText('media/shared')]).toEqual([
      null,
      'bytes',
    ]);
  });

  it('go with the history of who tagged and assigned what at their time', async () => {
    for (const days of [500, 450, 1]) {
      const at = seconds(days);
      await db.run(sql`insert into tagging_events (chat, message, tag_id, action, user_id, timestamp)
        values ('491', null, 1, 'added', 1, ${at}), ('491', 'm1', 1, 'added', 1, ${at})`);
      await db.run(sql`insert into assignment_events
        (chat, timestamp, user_was_cleared, group_was_cleared, done_by) values ('491', ${at}, 1, 0, 1)`);
    }
    expect((await prune(keeping({}))).removed).toEqual({});
    const { removed } = await prune(keeping({ messagesDays: 400 }));
    expect(removed).toEqual({ tagging_events: 4, assignment_events: 2 });
    for (const table of ['tagging_events', 'assignment_events']) {
      const oldest = sql`select min(timestamp) as value from ${sql.raw(table)}`;
      expect(await one(oldest)).toBe(seconds(1));
    }
  });

  it('leave their numbers to nobody who is sent after them', async () => {
    await seedOld();
    await db.run(sql`update messages set timestamp = 1`);
    const last = await one(sql`select max(n) as value from messages`);
    await prune(keeping({ messagesDays: 400 }));
    expect(await one(sql`select count(*) as value from messages`)).toBe(0);
    const user = await seedUser('sender');
    const message = { chat: '493', type: 'text', content: { body: 'x' } };
    await acceptMessage(
      stack,
      user,
      { ...message, repliesTo: undefined, callbackData: undefined },
      { now: NOW },
    );
    expect(await one(sql`select n as value from outbox`)).toBe((last ?? 0) + 1);
  });

  it('that are on their way to WhatsApp stay until that is settled', async () => {
    await seedOld();
    await db.run(sql`insert into outbox (n, chat, attempted_at, attempts)
      select n, chat, iif(id = 'm1', ${NOW - 1_000}, null), 1 from messages where id in ('m1', 'm2')`);
    await prune(keeping({ messagesDays: 400 }));
    expect(await db.all(sql`select id from messages order by id`)).toEqual([
      { id: 'm1' },
      { id: 'm3' },
    ]);
    expect(await one(sql`select count(*) as value from outbox`)).toBe(1);
  });
});

function newEvent(id: string): Parameters<typeof placeContents>[1] {
  return {
    id,
    kind: 'waba',
    createdAt: 1,
    body: null,
    extended: {},
    headers: {},
    fields: [],
    chats: [],
    incoming: [],
    digest: null,
  };
}
