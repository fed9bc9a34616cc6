import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { currentToken } from '../../auth/token.ts';
import { clearInbox, seedMessages, seedUser, stack } from '../../inbox/seed.test-support.ts';
import { TRANSFER_NAMES } from '../../inbox/transfer/transfer-tables.ts';
import { openStack, type StackContext } from '../../store/open-stack.ts';
import { call, requestApi } from '../api.test-support.ts';

const acme = openStack(env, 'acme');
const ADA = '48111111111';
const FILE = '20854d67-189e-4e78-a8ac-0123456789ab';

let token: string;
let acmeToken: string;

/** Empties a stack and gives it an admin; returns the admin's token. */
async function begin(ctx: StackContext): Promise<string> {
  for (const table of [...TRANSFER_NAMES, 'messages_search', 'chats_search']) {
    if (table !== 'groups') await ctx.db.run(sql.raw(`delete from "${table}"`));
  }
  await ctx.db.batch([
    sql`update counters set value = 0`,
    sql`delete from counters where name = 'importing'`,
    sql`insert into users (id, username, role, is_active, token_nonce, token_hash, created_at)
      values (1, 'admin', 'admin', 1, 'n', 'h', 1)`,
  ]);
  return currentToken(ctx, 1);
}

beforeEach(async () => {
  await clearInbox();
  token = await begin(stack);
  acmeToken = await begin(acme);
  const agent = await seedUser('agent', {}, [1]);
  await seedMessages([
    { chat: ADA, timestamp: 10, id: 'm1', wabaId: 'wamid.1', text: 'Zażółć 👋 "quotes"\n\u2028' },
    { chat: ADA, timestamp: 12.0, id: 'm2', fromUs: true, text: 'an answer', senderId: agent.id },
    { chat: '48222222222', timestamp: 11, id: 'm3', text: 'needle' },
  ]);
  const { db, files } = stack;
  await db.batch([
    sql`insert into chat_aliases (alias, chat) values ('48333333333', ${ADA})`,
    sql`insert into tags (id, name) values (7, 'urgent')`,
    sql`insert into chat_taggings (tag_id, chat, last_message) values (7, ${ADA}, 12)`,
    sql`insert into media (id, state, mime_type, filename, size, created_at)
      values (${FILE}, 'stored', 'image/png', 'a.png', 5, 1)`,
    sql`update messages set media_id = ${FILE}, sent = 10.25 where id = 'm1'`,
    sql`insert into marks (user_id, chat, ordinal) values (${agent.id}, ${ADA}, 1)`,
    ...[1, 2].map(
      (
        seq,
      ) => sql`insert into events (seq, id, kind, created_at, open, body, extended, in_r2, headers, fields, chats, incoming)
        values (${seq}, ${`e${seq}`}, 'waba', 5, 1, ${seq === 1 ? '{"a": 1}' : null}, ${seq === 1 ? '{}' : null}, ${seq - 1}, '{}', '[]', '[]', '[]')`,
    ),
  ]);
  await files.put('events/e2/body', '{"large":  "body"}');
  await files.put('events/e2/extended', '{}');
  await files.put(`media/${FILE}`, 'bytes');
});

async function exported(
  table: string,
  after = '',
): Promise<{ lines: string[]; next: string | null }> {
  const { status, text } = await call(
    'GET',
    `/api/v1/export/${table}/?after=${encodeURIComponent(after)}`,
    { token },
  );
  expect(status).toBe(200);
  const lines = text.trim().split('\n');
  const { next } = JSON.parse(lines.pop() ?? '') as { next: string | null };
  return { lines, next };
}

function imported(table: string, lines: readonly string[]) {
  const request = { token: acmeToken, body: lines.join('\n') };
  return call('POST', `/api/v1/import/${table}/`, request, 'acme');
}

async function moveAll(): Promise<void> {
  for (const table of TRANSFER_NAMES) {
    const { lines } = await exported(table);
    expect(await imported(table, lines)).toMatchObject({
      status: 200,
      body: { rows: lines.length, ...(table.includes('user') ? {} : { kept: lines.length }) },
    });
  }
}

/** What a stack has of a table, as far as it goes along. */
async function rowsOf(ctx: StackContext, table: string): Promise<unknown[]> {
  const rows = await ctx.db.all<Record<string, unknown>>(
    sql.raw(`select * from "${table}" order by 1, 2`),
  );
  const left = ['token_nonce', 'token_hash', 'password_hash', 'refresh_nonce', 'open', 'taken_at'];
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !left.includes(column))),
  );
}

describe('a stack that is moved to another', () => {
  it('keeps every row and file, what search finds, and the totals', async () => {
    await moveAll();
    const bytes = new TextEncoder().encode('bytes');
    const response = await requestApi(acme, `https://acme.example/api/v1/import/files/${FILE}/`, {
      method: 'PUT',
      headers: { Authorization: `Token ${acmeToken}`, 'Content-Length': '5' },
      body: bytes,
    });
    expect(response.status).toBe(200);
    const finished = await call('POST', '/api/v1/import/finish/', { token: acmeToken }, 'acme');
    expect(finished.body).toMatchObject({ rows: { messages: 3, chats: 2, events: 2, users: 2 } });
    for (const table of TRANSFER_NAMES) {
      const [there, here] = await Promise.all([rowsOf(acme, table), rowsOf(stack, table)]);
      expect([table, there]).toEqual([table, here]);
    }
    expect(await acme.files.getText(`media/${FILE}`)).toBe('bytes');
    expect(await acme.files.getText('events/e2/body')).toBe('{"large":  "body"}');
    const search = (path: string) => call('GET', path, { token: acmeToken }, 'acme');
    expect((await search('/api/v1/messages/?search=needle')).body).toMatchObject({ count: 1 });
    expect((await search('/api/v1/chats/?search=48333333333')).body).toMatchObject({ count: 1 });
    expect((await search('/api/v1/messages/')).body).toMatchObject({ count: 3 });
    // Nothing of the old stack's is told to anybody here.
    expect(await acme.db.all(sql`select 1 from events where open = 1`)).toEqual([]);
  });

  it('takes a part again without a change, and goes on where it was', async () => {
    const { lines } = await exported('messages');
    await imported('messages', lines.slice(0, 2));
    expect((await imported('messages', lines)).body).toEqual({ rows: 3, stored: 1, kept: 3 });
    expect((await imported('messages', lines)).body).toEqual({ rows: 3, stored: 0, kept: 3 });
    const other = lines.map((line) => line.replace('needle', 'another'));
    expect((await imported('messages', other)).body).toEqual({ rows: 3, stored: 0, kept: 2 });
  });

  it('tells nothing that signs anybody in', async () => {
    const { lines } = await exported('users');
    expect(lines.join()).not.toMatch(/token|password|nonce|activation/);
  });

  it('is exported in parts, each after the one before', async () => {
    await stack.db.run(sql`
      insert into statuses (waba_id, status, timestamp, payload)
      with recursive c (i) as (select 1 union all select i + 1 from c where i < 1200)
      select 'wamid.' || i, 'sent', i, iif(i = 3, ${'x'.repeat(1_000_000)}, '{}') from c`);
    const ids = new Set<string>();
    let parts = 0;
    for (let after: string | null = ''; after !== null; parts += 1) {
      const part: Awaited<ReturnType<typeof exported>> = await exported('statuses', after);
      for (const line of part.lines) ids.add((JSON.parse(line) as { waba_id: string }).waba_id);
      after = part.next;
    }
    expect([ids.size, parts]).toEqual([1_200, 4]);
  });

  it.each(['x', '[]', '["a","b"]', '[1,{}]', '{"a":1}', '["wamid.1","sent",null]'])(
    'is not exported from %s on',
    async (after) => {
      const path = `/api/v1/export/statuses/?after=${encodeURIComponent(after)}`;
      expect(await call('GET', path, { token })).toMatchObject({ status: 400 });
    },
  );
});

describe('an import', () => {
  it('is only for a stack that has nothing of its own, until it is finished', async () => {
    const { lines } = await exported('messages');
    const own = { token, body: lines.join('\n') };
    expect(await call('POST', '/api/v1/import/messages/', own)).toMatchObject({ status: 409 });
    await moveAll();
    await call('POST', '/api/v1/import/finish/', { token: acmeToken }, 'acme');
    expect(await imported('messages', lines)).toMatchObject({ status: 409 });
    const again = await call('POST', '/api/v1/import/finish/', { token: acmeToken }, 'acme');
    expect(again.status).toBe(409);
  });

  it.each([
    ['no JSON', 'messages', ['{"n":'], 'Line 1'],
    ['a list', 'messages', ['[1]'], 'Line 1'],
    ['another table', 'messages', ['{"nonsense":1}'], 'no column'],
    ['rows of two kinds', 'tags', ['{"id":1,"name":"a"}', '{"id":2}'], 'Line 2'],
    ['an object for a value', 'tags', ['{"id":1,"name":{"a":1}}'], 'Line 1'],
    ['nothing where something has to be', 'tags', ['{"id":1,"name":null}'], 'lacks'],
    ['too many rows', 'tags', Array<string>(1_001).fill('{"id":1,"name":"a"}'), '1000 rows'],
  ])('refuses %s, and stores nothing', async (_what, table, lines, problem) => {
    const answer = await imported(table, lines);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(problem);
    expect(await rowsOf(acme, table)).toEqual([]);
  });

  it('is nothing for others than admins who see all chats', async () => {
    const outsider = await seedUser('outsider', { role: 'admin', canReadChats: 'group' });
    for (const id of [outsider.id, 2]) {
      const other = { token: await currentToken(stack, id) };
      expect(await call('GET', '/api/v1/export/messages/', other)).toMatchObject({ status: 403 });
      expect(await call('POST', '/api/v1/import/messages/', other)).toMatchObject({ status: 403 });
      expect(await call('POST', '/api/v1/import/finish/', other)).toMatchObject({ status: 403 });
    }
  });
});
