import { env } from 'cloudflare:workers';
import { and, count, eq, getTableColumns, gte, is, sql } from 'drizzle-orm';
import { customType, integer, sqliteTable, SQLiteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { openStack } from './open-stack.ts';
import { insertWhere, query, renderOnce } from './query.ts';
import * as schema from './schema.ts';
import { saved_responses, tags } from './schema.ts';

const { db } = openStack(env, 'default');

describe('a query of the builder', () => {
  it('gives rows as their type says, by itself and in a batch with templates', async () => {
    const inserted = await db.first(
      query.insert(tags).values({ name: 'new' }).returning({ id: tags.id, name: tags.name }),
    );
    expectTypeOf(inserted).toEqualTypeOf<{ id: number; name: string } | undefined>();
    expect(inserted).toEqual({ id: expect.any(Number), name: 'new' });

    const color = eq(tags.id, inserted?.id ?? 0);
    expect(await db.run(query.update(tags).set({ web_inbox_color: '#fff' }).where(color))).toBe(1);
    const [rows, counted] = await db.batch([
      query.select().from(tags),
      sql`select count(*) as count from ${tags}`,
    ]);
    expect(rows).toEqual([
      { id: inserted?.id, name: 'new', web_inbox_color: '#fff', state: 'live', deleted_by: null },
    ]);
    expect(counted).toEqual([{ count: 1 }]);
    expect(await db.first(query.select({ count: count().as('count') }).from(tags))).toEqual({
      count: 1,
    });
    expect(await db.run(query.delete(tags).where(color))).toBe(1);
    expect(await db.first(query.select().from(tags))).toBeUndefined();
  });

  it('cannot be awaited past the database', async () => {
    await expect(query.select().from(tags)).rejects.toThrow('Failed query');
  });
});

describe('an insert under a condition', () => {
  it('writes the row with its defaults where the condition holds, and nothing elsewhere', async () => {
    const row = { name: 'once', web_inbox_color: null };
    const isFirst = sql`not exists (select 1 from ${tags})`;
    const insert = insertWhere(tags, row, isFirst).returning({ id: tags.id, state: tags.state });
    expect(await db.all(insert)).toEqual([{ id: expect.any(Number), state: 'live' }]);
    expect(await db.all(insert)).toEqual([]);
    const next = sql<number>`(select max(id) + 5 from ${tags})`;
    await db.run(insertWhere(tags, { id: next, name: 'computed' }, and()));
    const names = await db.all(query.select({ name: tags.name }).from(tags));
    expect(names.map(({ name }) => name)).toEqual(['once', 'computed']);
  });
});

describe('a statement that is rendered once', () => {
  it('takes other values each time, where they were written as values and in templates', async () => {
    await db.batch(['a', 'b', 'c'].map((name) => query.insert(tags).values({ name })));
    const from = renderOnce((asked: { name: string; limit: number }) =>
      query
        .select({ name: tags.name })
        .from(tags)
        .where(and(gte(tags.name, asked.name), sql`${tags.name} <> ${asked.name} || 'x'`))
        .orderBy(tags.name)
        .limit(asked.limit),
    );
    expect(await db.all(from({ name: 'a', limit: 2 }))).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(await db.first(from({ name: 'c', limit: 2 }))).toEqual({ name: 'c' });
  });
});

describe('a selection', () => {
  it.each([
    ['a computed value without a name', { n: sql`1` }],
    ['a computed value by another name', { n: sql`1`.as('m') }],
    ['a column by another name', { n: tags.id }],
    ['columns in a group', { tag: getTableColumns(tags) }],
    ['a whole table', { tag: tags }],
  ])('is refused with %s', async (_, selection) => {
    await expect(db.all(query.select(selection).from(tags))).rejects.toThrow('alias it');
  });

  it('is refused with a column beside a subquery, which would take it for its own', async () => {
    const { id } = tags;
    const owned = sql`(select count(*) from saved_responses where user_id = ${id})`;
    const selected = query.select({ count: owned.as('count') }).from(tags);
    await expect(db.all(selected)).rejects.toThrow('nest the subquery');
    const made = { name: 'a', id: 1_000 };
    await db.run(query.insert(tags).values(made));
    const nested = query.select({ count: sql`${owned}`.as('count') }).from(tags);
    expect(await db.all(nested.where(eq(id, made.id)))).toEqual([{ count: 0 }]);
  });

  it('is refused where two tables have columns of one name', async () => {
    const isOwn = eq(tags.id, saved_responses.user_id);
    const joined = query.select().from(tags).innerJoin(saved_responses, isOwn);
    await expect(db.all(joined)).rejects.toThrow('alias it');
  });

  it('is refused of what a change returns, too', async () => {
    const update = query.update(tags).set({ name: 'x' }).returning({ tag: tags.id });
    await expect(db.all(update)).rejects.toThrow('alias it');
    const remove = query.delete(tags).returning({ n: sql`1` });
    await expect(db.all(remove)).rejects.toThrow('alias it');
  });

  it('is refused with a column that is not what the database gives', async () => {
    const upper = customType<{ data: string; driverData: string }>({
      dataType: () => 'text',
      fromDriver: (value) => value.toUpperCase(),
    });
    const odd = sqliteTable('tags', {
      id: integer({ mode: 'boolean' }),
      web_inbox_color: text({ mode: 'json' }),
      name: upper(),
    });
    for (const key of ['id', 'web_inbox_color', 'name'] as const) {
      const selection = query.select({ [key]: odd[key] }).from(odd);
      await expect(db.all(selection)).rejects.toThrow('another value than its type says');
    }
  });

  it('may take every table of the schema whole', async () => {
    const tables = Object.values(schema).filter((value) => is(value, SQLiteTable));
    for (const table of tables) await db.all(query.select().from(table).limit(0));
    expect(tables.length).toBeGreaterThan(30);
  });
});
