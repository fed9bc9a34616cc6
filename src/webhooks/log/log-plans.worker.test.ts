import { env } from 'cloudflare:workers';
import { sql, type SQL } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import { clearInbox, seedUser, stack } from '../../inbox/seed.test-support.ts';
import { selectLogged } from './log-queries.ts';
import { selectBounds, selectWindow, upTo, type LogScope } from './log-window.ts';

const { DB } = env as unknown as { DB: D1Database };
const dialect = new SQLiteSyncDialect();
const { db } = stack;

let admin: User;

function prepare(query: SQL, prefix = ''): D1PreparedStatement {
  const { sql: text, params } = dialect.sqlToQuery(query);
  return DB.prepare(prefix + text).bind(...params);
}

async function planOf(query: SQL): Promise<string> {
  const { results } = await prepare(query, 'explain query plan ').all<{ detail: string }>();
  return results.map((step) => step.detail).join('\n');
}

async function rowsRead(query: SQL): Promise<number> {
  return (await prepare(query).all()).meta.rows_read;
}

function scopeOf(webhookIds: readonly number[], hasReceipts: boolean): LogScope {
  return { webhookIds, hasReceipts, from: upTo(Number.MAX_SAFE_INTEGER), above: 0 };
}

function page(scope: LogScope): SQL {
  const bounds = selectBounds(scope, 100);
  return selectLogged({ scope, bounds, filter: {}, reader: admin, limit: 21 });
}

const ONE = [2];
const ALL = [1, 2, 3];
const BY_SEQ = 'SEARCH d USING INDEX deliveries_by_seq (seq>? AND seq<?)';
const BY_KEY = 'SEARCH d USING PRIMARY KEY (webhook_id=? AND seq>? AND seq<?)';
const BY_EVENT = 'SEARCH e USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)';

/** Events that webhook 1 had at once, and deliveries to webhook 2 that are dead. */
async function seed(count: number): Promise<void> {
  await db.batch([
    sql`insert into events (id, kind, created_at, fields, chats, incoming, receipts)
        with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
        select 'e', 'waba', i, '[]', '[]', '[]', '[{"webhook":1,"status":200,"ms":1,"at":1}]' from n`,
    sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
        select w.value, e.seq, 'dead', 13, 0 from events e, json_each('[2,3]') w
        where true on conflict do nothing`,
  ]);
}

beforeAll(async () => {
  await clearInbox();
  admin = await seedUser('admin', { role: 'admin' });
  await db.batch([sql`delete from events`, sql`delete from deliveries`]);
});

describe('the log', () => {
  it.each<[string, readonly number[], boolean, string[]]>([
    ['of all webhooks', ALL, true, [BY_SEQ, BY_EVENT]],
    ['of all webhooks, rows only', ALL, false, [BY_SEQ]],
    ['of one webhook', ONE, true, [BY_KEY, BY_EVENT]],
    ['of one webhook, rows only', ONE, false, [BY_KEY]],
  ])('%s reads no table through', async (_name, ids, hasReceipts, steps) => {
    const scope = scopeOf(ids, hasReceipts);
    const [plan, window] = [await planOf(page(scope)), await planOf(selectWindow(scope, 100, 0))];
    for (const step of steps) expect(plan).toContain(step);
    for (const one of [plan, window]) expect(one).not.toMatch(/SCAN (d|e|events|deliveries)\b/);
  });
});

describe('the rows read by a page', () => {
  const queries = [ALL, ONE].flatMap((ids) =>
    [true, false].flatMap((hasReceipts): [string, () => SQL][] => {
      const name = `of ${ids.length} webhooks, ${hasReceipts ? 'all' : 'rows only'}`;
      const scope = scopeOf(ids, hasReceipts);
      return [
        [name, () => page(scope)],
        [`${name}: its window`, () => selectWindow(scope, 100, 0)],
      ];
    }),
  );
  const before = new Map<string, number>();

  beforeAll(async () => {
    await seed(1_000);
    for (const [name, query] of queries) before.set(name, await rowsRead(query()));
    await seed(9_000);
  });

  it.each(queries)('%s are the same in a log ten times the size', async (name, query) => {
    expect(await rowsRead(query())).toBeLessThanOrEqual((before.get(name) ?? 0) + 2);
  });
});
