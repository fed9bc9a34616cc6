import { sql } from 'drizzle-orm';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { clearInbox, stack } from '../seed.test-support.ts';
import { jsonList } from '../../store/database.ts';
import { mergeChats } from './merge-chats.ts';
import { moveChats } from './move-chats.ts';
import type { ChatRow } from './person.ts';

const { db } = stack;

const KEYS = ['49111', '49222', '49333'];

const NEW_KEY = '49999';

/** A few values, so that equal ones and unknown ones meet often. */
const few = fc.option(fc.integer({ min: 1, max: 3 }), { nil: null });

const chat = fc
  .record({
    name: fc.constantFrom('', '', 'Ada', 'Ben'),
    last_incoming: few,
    last_message: few,
    first_message: few,
    referral_id: few,
    last_referral: few,
    inbound_count: fc.nat(3),
    message_count: fc.nat(3),
    assigned_user_id: few,
    assigned_group_id: few,
    blocked_at: few,
    reported_at: few,
    resolved: fc.nat(1),
  })
  .map((row) => ({ ...row, user_id: null, kind: null, saved_name: null }));

const chats = fc.array(chat, { minLength: 1, maxLength: KEYS.length }).map((rows) =>
  rows.map((row, index): ChatRow => {
    const wa_id = KEYS[index] ?? '';
    const contact = JSON.stringify({ profile: { name: row.name }, wa_id });
    return { ...row, n: index + 1, wa_id, contact };
  }),
);

beforeEach(clearInbox);

describe('chats that become one', () => {
  it('are in the database what ingest takes them for', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(chats, fc.boolean(), async (rows, isToNew) => {
        const [first, ...others] = rows;
        if (first === undefined) return;
        const key = isToNew ? NEW_KEY : first.wa_id;
        await store(rows);
        const moved = isToNew ? rows : others;
        await db.batch([
          ...moveChats(moved.map(({ wa_id: from }) => ({ from, to: key, isAlias: false }))),
          sql`select 1`,
        ]);
        const expected = {
          ...mergeChats(key, first, others),
          inbound_count: sumOf(rows.map(({ inbound_count: count }) => count)),
          message_count: sumOf(rows.map(({ message_count: count }) => count)),
        };
        expect((await db.all<ChatRow>(sql`select * from chats`)).map(comparable)).toEqual([
          comparable(expected),
        ]);
      }),
      { numRuns: 150 },
    );
  });
});

/** Puts chats into the database, and nothing else. */
async function store(rows: readonly ChatRow[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  await db.batch([
    sql`delete from chats`,
    sql`insert into chats (${sql.raw(columns.join(', '))})
      select ${sql.raw(columns.map((column) => `value->>'${column}'`).join(', '))}
      from json_each(${jsonList(rows)}) order by key`,
  ]);
}

/** The two may write the same JSON differently. */
function comparable({ contact, ...row }: ChatRow): object {
  return { ...row, contact: JSON.parse(contact) as unknown };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
