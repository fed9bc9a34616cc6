import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../store/database.ts';
import { openStack, type StackContext } from '../store/open-stack.ts';
import { ingest } from './ingest.ts';
import { emptyStack, messages, NOW, stack, text, wabaRequest } from './post-body.test-support.ts';

const { DB } = env as unknown as { DB: D1Database };

const rows = { read: 0, written: 0 };

function add({ meta }: D1Result): void {
  rows.read += meta.rows_read;
  rows.written += meta.rows_written;
}

function statementOf(real: D1PreparedStatement) {
  const all = async () => {
    const result = await real.all();
    add(result);
    return result;
  };
  return { real, all, run: all, first: async () => (await all()).results[0] ?? null };
}

/** D1 that adds up what its statements read and write. */
const counting = {
  prepare(query: string) {
    return {
      bind: (...params: unknown[]) => statementOf(DB.prepare(query).bind(...params)),
    };
  },
  async batch(statements: { real: D1PreparedStatement }[]) {
    const results = await DB.batch(statements.map(({ real }) => real));
    results.forEach(add);
    return results;
  },
};

const counted: StackContext = {
  ...openStack(env, 'default'),
  db: new Database(counting as unknown as D1Database),
};

/** What it costs to take a text of a customer who has written before. */
function costOf(id: string): Promise<typeof rows> {
  return costOfBody(messages([text(id, { from: '49100' }, `hello ${id}`)]));
}

async function costOfBody(body: object): Promise<typeof rows> {
  Object.assign(rows, { read: 0, written: 0 });
  await ingest(wabaRequest(body), counted, NOW);
  return { ...rows };
}

/** Makes so many customers who wrote 30 messages each, by the database itself. */
async function fill(customers: number): Promise<void> {
  const numbers = (count: number) =>
    sql`with recursive k(i) as (select 0 union all select i + 1 from k where i < ${count - 1})`;
  await stack.db.run(sql`${numbers(customers)}
    insert into chats (wa_id, contact, last_message, first_message, inbound_count, message_count)
    select '48' || (${sql.raw(String(1_000_000))} + i), '{}', 1, 1, 30, 30 from k`);
  await stack.db.run(sql`${numbers(customers * 30)}
    insert into messages (id, waba_id, chat, from_us, type, timestamp, ordinal, payload)
    select 'm' || i, 'w' || i, '48' || (${sql.raw(String(1_000_000))} + i / 30), 0, 'text', 1, 1, '{}' from k`);
}

beforeAll(emptyStack);

describe('a text of a known customer', () => {
  it('reads and writes the same rows in a large inbox as in a small one', async () => {
    await fill(50);
    await costOf('wamid.first');
    const small = await costOf('wamid.small');
    await stack.db.run(sql`delete from messages where id like 'm%'`);
    await stack.db.run(sql`delete from chats where wa_id like '48%'`);
    await fill(2_000);
    const large = await costOf('wamid.large');
    // The message and its four indexes, its place in the search; the chat and one index; the counter; the event.
    expect([small.written, large.written]).toEqual([10, 10]);
    expect(small.read).toBeLessThan(50);
    expect(large.read).toBeLessThanOrEqual(small.read * 1.1);
  }, 60_000);
});

/** So many edits of one message. */
function edits(name: string, count: number): object {
  const one = (n: number): object => ({
    from: '49200',
    id: `wamid.${name}.${n}`,
    timestamp: '10',
    type: 'edit',
    edit: { original_message_id: name, message: { type: 'text', text: { body: `word ${n}` } } },
  });
  return messages(Array.from({ length: count }, (_, n) => one(n)));
}

describe('the edits of one message', () => {
  it('are read once each, however many there are', async () => {
    const few = await costOfBody(edits('few', 100));
    const many = await costOfBody(edits('many', 400));
    expect(many.read).toBeLessThan(few.read * 5);
  });
});
