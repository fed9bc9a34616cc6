import { env, exports } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { countForeign } from '../inbox/profile/foreign-numbers.ts';
import { stack } from '../inbox/seed.test-support.ts';
import { NEVER_MS } from '../webhooks/enablement.ts';
import { selectOldestDue } from './overdue.ts';
import { readSilence } from './silence.ts';
import {
  clearWatched,
  deadLetter,
  dueRow,
  openEvent,
  outboxPause,
  webhookRow,
} from './rows.test-support.ts';

const { db } = stack;

const HOUR_MS = 3_600_000;

async function ready(): Promise<Record<string, unknown>> {
  const response = await exports.default.fetch('http://localhost/readyz');
  expect(response.status).toBe(200);
  return response.json();
}

/** The age that is told, in whole hours. */
async function hoursPastDue(): Promise<number> {
  return Math.floor(Number((await ready())['past_due_ms']) / HOUR_MS);
}

function hoursAgo(hours: number): number {
  return Date.now() - hours * HOUR_MS;
}

beforeEach(async () => {
  await clearWatched();
  stack.config.publicUrl = 'https://inbox.example';
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the age of what is longest overdue', () => {
  it('is nothing where nothing waits, or nothing is due yet', async () => {
    expect(await ready()).toMatchObject({ status: 'ok', stack: 'default', past_due_ms: 0 });
    await webhookRow(1);
    await dueRow(1, 1, hoursAgo(-1));
    expect(await ready()).toMatchObject({ past_due_ms: 0 });
  });

  it('is that of the oldest due delivery, whichever webhook it is for', async () => {
    for (const id of [1, 2, 3]) {
      await webhookRow(id);
      await dueRow(id, 1, hoursAgo(id));
      await dueRow(id, 2, hoursAgo(-1));
    }
    expect(await hoursPastDue()).toBe(3);
  });

  it('counts from when the webhook may be asked again', async () => {
    await webhookRow(1, { probe_at: hoursAgo(2) });
    await dueRow(1, 1, hoursAgo(5));
    expect(await hoursPastDue()).toBe(2);
    await webhookRow(2, { probe_at: hoursAgo(-1) });
    await dueRow(2, 1, hoursAgo(7));
    expect(await hoursPastDue()).toBe(2);
  });

  it('leaves out disabled webhooks and what waits its turn in a chat', async () => {
    await webhookRow(1, { is_enabled: 0 });
    await dueRow(1, 1, hoursAgo(5));
    await webhookRow(2);
    await dueRow(2, 1, NEVER_MS);
    expect(await ready()).toMatchObject({ past_due_ms: 0 });
  });

  it('counts an open event from when it was written', async () => {
    await openEvent(hoursAgo(4));
    expect(await hoursPastDue()).toBe(4);
  });
});

describe('an outbox that WhatsApp takes nothing from', () => {
  it('is a warning that says why, and what waits in it is not overdue before the next try', async () => {
    await db.batch([
      sql`insert into messages (n, id, chat, from_us, type, timestamp, payload)
        values (7, 'm', '48', 1, 'text', 1, '{}')`,
      sql`insert into outbox (n, chat) values (7, '48')`,
    ]);
    await outboxPause(Date.UTC(2100, 0, 1));
    expect(await ready()).toMatchObject({
      past_due_ms: 0,
      warnings: [
        'WhatsApp takes no message since 1970-01-01T00:00:00Z: Account not registered (133010). 1 message waits; the next try is at 2100-01-01T00:00:00Z.',
      ],
    });
    await db.run(sql`update outbox_pause set next_at = ${hoursAgo(2)}`);
    expect(await hoursPastDue()).toBe(2);
  });
});

describe('looking for it', () => {
  it('is a seek for each webhook, and reads no table through', async () => {
    const { sql: text, params } = new SQLiteSyncDialect().sqlToQuery(selectOldestDue());
    const { results } = await env.DB.prepare(`explain query plan ${text}`)
      .bind(...params)
      .all<{ detail: string }>();
    const plan = results.map(({ detail }) => detail);
    expect(plan.join('\n')).toMatch(
      /SEARCH deliveries USING COVERING INDEX deliveries_due \(webhook_id=\?/,
    );
    expect(
      plan.filter((step) => /^SCAN (?!w$|o$|\(subquery|events USING INDEX events_open)/.test(step)),
    ).toEqual([]);
  });
});

describe('what an operator should see to', () => {
  it('is told while the stack is ready', async () => {
    expect(await ready()).toMatchObject({ dead_letters: 0, warnings: [] });
    await deadLetter('a');
    await deadLetter('b');
    expect(await ready()).toMatchObject({
      dead_letters: 2,
      warnings: ['2 dead letters wait for an admin.'],
    });
  });

  it('is what waits behind open breakers, although nothing of it is overdue', async () => {
    const broken = { breaker_opened_at: 1, probe_at: hoursAgo(-1) };
    await webhookRow(1, broken);
    await webhookRow(2, broken);
    await webhookRow(3, { ...broken, is_enabled: 0 });
    await webhookRow(4);
    for (let seq = 1; seq <= 75; seq += 1) {
      for (const id of [1, 2, 3]) await dueRow(id, seq, hoursAgo(1));
    }
    await dueRow(4, 1, hoursAgo(-1));
    expect(await ready()).toMatchObject({
      past_due_ms: 0,
      breakers_open: 2,
      behind_breakers: 150,
      warnings: ['150 deliveries wait behind 2 open breakers: receivers keep failing.'],
    });
  });

  it('is a database that is nearly full', async () => {
    expect(await ready()).toMatchObject({
      database: { bytes: expect.any(Number), limit_bytes: 10_000_000_000, nearly_full: false },
    });
    vi.spyOn(stack.db, 'size').mockResolvedValue(9_000_000_000);
    expect(await ready()).toMatchObject({
      status: 'ok',
      database: { bytes: 9_000_000_000, limit_bytes: 10_000_000_000, nearly_full: true },
      warnings: ['The database is nearly full: 9 of 10 GB.'],
    });
  });

  it('is that storage does not answer: 503', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(stack.db, 'first').mockRejectedValue(new Error('gone'));
    const response = await exports.default.fetch('http://localhost/readyz');
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { status: 'unavailable' },
    ]);
  });
});

describe('what the stack cannot do', () => {
  it('is a warning for each setting that it lacks for it', async () => {
    const { webhookToken, d360ApiKey, adminPassword } = stack.config;
    const without = { webhookToken: undefined, d360ApiKey: undefined, publicUrl: undefined };
    Object.assign(stack.config, without, { adminPassword: undefined });
    await db.run(sql`delete from users`);
    expect((await ready())['warnings']).toEqual([
      'Nothing can be received: WEBHOOK_TOKEN is not set, nor is META_APP_SECRET or D360_PLATFORM_SECRET.',
      'Nothing can be sent: D360_API_KEY is not set.',
      expect.stringContaining('PUBLIC_URL is not set'),
      'Nobody can sign in: there is no user, and ADMIN_PASSWORD is not set.',
    ]);
    Object.assign(stack.config, { webhookToken, d360ApiKey, adminPassword });
  });
});

describe('migrations that the database has not had', () => {
  it('are a warning while all still works, and the reason where it does not', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const last = await db.first<{ name: string }>(
      sql`select name from d1_migrations order by id desc limit 1`,
    );
    await db.run(sql`delete from d1_migrations where name = ${last?.name}`);
    const sentence = expect.stringMatching(/behind by 1 migration, from \d{4}_\w+ on: run/);
    expect(await ready()).toMatchObject({ migrations_behind: 1, warnings: [sentence] });
    await db.run(sql`alter table outbox_pause rename to later_outbox_pause`);
    const response = await exports.default.fetch('http://localhost/readyz');
    expect([response.status, await response.json()]).toMatchObject([503, { detail: sentence }]);
    await db.run(sql`alter table later_outbox_pause rename to outbox_pause`);
    await db.run(sql`insert into d1_migrations (name) values (${last?.name})`);
  });
});

describe('a WhatsApp that says nothing', () => {
  /** Events an hour apart but for one silence, the newest so many hours ago. */
  async function history(lastHoursAgo: number, longestHours: number): Promise<void> {
    await db.run(sql`
      with recursive n(i) as (select 0 union all select i + 1 from n where i < 99)
      insert into events (id, kind, created_at, fields, chats, incoming)
      select 'e' || i, 'waba', ${hoursAgo(lastHoursAgo)}
        - (99 - i + iif(i < 50, ${longestHours - 1}, 0)) * ${HOUR_MS}, '[]', '[]', '[]' from n`);
  }

  it('is a warning once it is silent for twice as long as ever before', async () => {
    expect(await ready()).toMatchObject({ silent_ms: null, warnings: [] });
    await history(50, 26);
    expect(await ready()).toMatchObject({ warnings: [] });
    await db.run(sql`delete from events`);
    await history(53, 26);
    expect(await ready()).toMatchObject({
      warnings: ['WhatsApp has said nothing for 53 hours, which is unusually long.'],
    });
  });

  it('is none where we did all the talking and the past is not known', async () => {
    await openEvent(hoursAgo(80));
    expect((await ready())['warnings']).toEqual([]);
    await db.run(sql`delete from events`);
    await openEvent(hoursAgo(200));
    expect((await ready())['warnings']).toEqual([expect.stringContaining('200 hours')]);
  });

  it('costs a bounded number of rows however many events are kept', async () => {
    await history(1, 2);
    await db.run(sql`
      with recursive n(i) as (select 0 union all select i + 1 from n where i < 4999)
      insert into events (id, kind, created_at, fields, chats, incoming)
      select 'm' || i, 'outgoing', ${hoursAgo(1)}, '[]', '[]', '[]' from n`);
    const silence = await readSilence(db, Date.now());
    expect(silence.sinceMs).toBeGreaterThanOrEqual(HOUR_MS);
    const read = vi.spyOn(db, 'batch');
    await readSilence(db, Date.now());
    const queries = read.mock.calls[0]?.[0] ?? [];
    const dialect = new SQLiteSyncDialect();
    const results = await env.DB.batch(
      queries.map((query) => {
        const { sql: text, params } = dialect.sqlToQuery(query.getSQL());
        return env.DB.prepare(text).bind(...params);
      }),
    );
    const rows = results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
    expect(rows).toBeLessThan(1_500);
  });
});

describe('what came for other numbers', () => {
  it('is counted for each, and worth a warning for a day', async () => {
    expect(await ready()).toMatchObject({ foreign_numbers: [], warnings: [] });
    await stack.db.run(countForeign(['555', '555', '666'], hoursAgo(25)));
    expect(await ready()).toMatchObject({ warnings: [] });
    await stack.db.run(countForeign(['555'], hoursAgo(1)));
    expect(await ready()).toMatchObject({
      foreign_numbers: [
        { phone_number_id: '555', bodies: 3 },
        { phone_number_id: '666', bodies: 1 },
      ],
      warnings: [expect.stringContaining('(phone_number_id 555)')],
    });
  });
});
