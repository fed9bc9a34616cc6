import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Receipt } from '../../events/event.ts';
import { stack } from '../../inbox/seed.test-support.ts';
import { Database } from '../../store/database.ts';
import { addUpTotals, bringTotalsUpToDate, totalsOf, type TotalsRow } from './add-up-totals.ts';

const { db } = stack;

function receipt(webhook: number, ms = 10): Receipt {
  return { webhook, status: 200, ms, at: 1 };
}

async function closedEvents(...receipts: (Receipt[] | null)[]): Promise<void> {
  for (const list of receipts) {
    await db.run(sql`insert into events (id, kind, created_at, open, fields, chats, incoming, receipts)
      values ('e', 'waba', 1, null, '[]', '[]', '[]', ${list === null ? null : JSON.stringify(list)})`);
  }
}

async function openEvent(): Promise<number> {
  const row = await db.first<{ seq: number }>(sql`
    insert into events (id, kind, created_at, open, fields, chats, incoming)
    values ('e', 'waba', 1, 1, '[]', '[]', '[]') returning seq`);
  return row?.seq ?? 0;
}

async function close(seq: number, receipts: Receipt[]): Promise<void> {
  await db.run(sql`
    update events set open = null, receipts = ${JSON.stringify(receipts)} where seq = ${seq}`);
}

async function attempted(
  webhook: number,
  status: number | null,
  ms: number,
  at = 1,
): Promise<void> {
  await db.run(sql`
    insert into attempts (seq, webhook_id, at, number, status, error, latency_ms, request_headers)
    values (1, ${webhook}, ${at}, 1, ${status}, ${status === null ? 'timeout' : null}, ${ms}, '{}')`);
}

async function totals(): Promise<Partial<TotalsRow>[]> {
  return db.all<TotalsRow>(sql`select * from webhook_totals order by webhook_id`);
}

/** How many rows adding up writes. */
async function rowsWritten(): Promise<number> {
  let written = 0;
  const counting = {
    prepare: (text: string) => env.DB.prepare(text),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = await env.DB.batch(statements);
      for (const { meta } of results) written += meta.rows_written;
      return results;
    },
  };
  await addUpTotals(new Database(counting as unknown as D1Database));
  return written;
}

beforeEach(async () => {
  for (const table of ['events', 'attempts', 'webhook_totals', 'webhooks'])
    await db.run(sql.raw(`delete from ${table}`));
  await db.run(sql`delete from counters where name like 'totalled%'`);
  for (const id of [1, 2]) {
    await db.run(sql`insert into webhooks (id, user_id, url, headers, secret, since_seq, created_at)
      values (${id}, 1, 'https://a.test', '', '', 0, 1)`);
  }
});

describe('the totals of a webhook', () => {
  it('are its receipts and the attempts of its other deliveries', async () => {
    await closedEvents([receipt(1), receipt(2)], null, [receipt(1)]);
    await attempted(1, 500, 20);
    await attempted(1, null, 15_003, 2);
    await attempted(2, 204, 30);
    expect(await addUpTotals(db)).toBe(false);
    expect(await totals()).toMatchObject([
      { webhook_id: 1, delivered: 2, failed: 2, latency_ms: 15_043 },
      { webhook_id: 2, delivered: 2, failed: 0, latency_ms: 40 },
    ]);
  });

  it('count each attempt in the first bucket that it fits', async () => {
    const durations = [0, 50, 51, 100, 101, 250, 500, 1_000, 2_500, 5_000, 15_000, 15_001];
    await closedEvents(durations.map((ms) => receipt(1, ms)));
    await addUpTotals(db);
    expect(await totals()).toEqual([
      {
        webhook_id: 1,
        delivered: 12,
        failed: 0,
        latency_ms: durations.reduce((sum, ms) => sum + ms, 0),
        le_50: 2,
        le_100: 2,
        le_250: 2,
        le_500: 1,
        le_1000: 1,
        le_2500: 1,
        le_5000: 1,
        le_15000: 1,
      },
    ]);
  });

  it('count everything once, however many add at the same time', async () => {
    await closedEvents([receipt(1)], [receipt(1), receipt(2)]);
    await attempted(1, 500, 5);
    await Promise.all(Array.from({ length: 8 }, () => addUpTotals(db)));
    await closedEvents([receipt(1)]);
    await Promise.all(Array.from({ length: 8 }, () => addUpTotals(db)));
    expect(await totals()).toMatchObject([
      { delivered: 3, failed: 1 },
      { delivered: 1, failed: 0 },
    ]);
  });

  it('wait for an open event and lose nothing of what closed before it', async () => {
    await closedEvents([receipt(1)]);
    const open = await openEvent();
    await closedEvents([receipt(1)], [receipt(1)]);
    expect(await addUpTotals(db)).toBe(false);
    expect(await totals()).toMatchObject([{ delivered: 1 }]);
    await close(open, [receipt(1), receipt(2)]);
    await addUpTotals(db);
    expect(await totals()).toMatchObject([{ delivered: 4 }, { delivered: 1 }]);
  });

  it('are not held up by an event that was opened again', async () => {
    await closedEvents([receipt(1)]);
    await addUpTotals(db);
    await db.run(sql`update events set open = 1`);
    await closedEvents([receipt(1)]);
    await addUpTotals(db);
    expect(await totals()).toMatchObject([{ delivered: 2 }]);
  });

  it('go on where the log has lost its oldest events and attempts', async () => {
    await closedEvents([receipt(1)]);
    await attempted(1, 500, 5);
    await db.run(sql`update events set seq = 1000000`);
    await db.run(sql`update attempts set n = 1000000`);
    expect(await addUpTotals(db)).toBe(false);
    expect(await totals()).toMatchObject([{ delivered: 1, failed: 1 }]);
  });

  it('are added up bit by bit after a standstill', async () => {
    await db.run(sql`
      insert into events (id, kind, created_at, fields, chats, incoming, receipts)
      with recursive n (i) as (select 1 union all select i + 1 from n where i < 11000)
      select 'e', 'waba', 1, '[]', '[]', '[]', ${JSON.stringify([receipt(1)])} from n`);
    expect(await addUpTotals(db)).toBe(true);
    expect(await totals()).toMatchObject([{ delivered: 5_000 }]);
    await bringTotalsUpToDate(db);
    expect(await totals()).toMatchObject([{ delivered: 11_000 }]);
    expect(await addUpTotals(db)).toBe(false);
  });

  it('go when the webhook is deleted, and do not come again', async () => {
    await closedEvents([receipt(1), receipt(2)]);
    await addUpTotals(db);
    await db.run(sql`delete from webhooks where id = 2`);
    await closedEvents([receipt(1), receipt(2)]);
    await addUpTotals(db);
    expect(await totals()).toMatchObject([{ webhook_id: 1, delivered: 2 }]);
  });

  it('are told by id, with zeros for one that was not attempted yet', async () => {
    await closedEvents([receipt(1)]);
    await attempted(1, 503, 5);
    await addUpTotals(db);
    expect([...(await totalsOf(db, [2, 1]))]).toEqual([
      [2, { delivered: 0, failed: 0 }],
      [1, { delivered: 1, failed: 1 }],
    ]);
  });
});

describe('adding up', () => {
  it('writes a row per webhook and cursor, and none where nothing is new', async () => {
    expect(await rowsWritten()).toBe(0);
    await closedEvents([receipt(1)], [receipt(1)], [receipt(1)]);
    expect(await rowsWritten()).toBe(2);
    expect(await rowsWritten()).toBe(0);
    const open = await openEvent();
    expect(await rowsWritten()).toBe(0);
    await close(open, []);
    await attempted(1, 500, 5);
    expect(await rowsWritten()).toBe(3);
  });

  it('enters events and attempts at its cursors and reads neither through', async () => {
    const plans: string[] = [];
    const dialect = new SQLiteSyncDialect();
    vi.spyOn(db, 'batch').mockImplementationOnce(async (queries) => {
      for (const query of queries) {
        const { sql: text, params } = dialect.sqlToQuery(query.getSQL());
        const { results } = await env.DB.prepare(`explain query plan ${text}`)
          .bind(...params)
          .all<{ detail: string }>();
        plans.push(...results.map(({ detail }) => detail));
      }
      return [] as never;
    });
    await addUpTotals(db);
    expect(plans.join('\n')).toMatch(
      /SEARCH e USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/,
    );
    expect(plans.filter((step) => /^SCAN (e|events|attempts)$/.test(step))).toEqual([]);
  });
});
