import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findUser, type User } from '../../auth/user.ts';
import {
  deliveries,
  ring,
  subscribe,
  useLanes,
  webhookBell,
} from '../../delivery/lanes.test-support.ts';
import { contentsKeys } from '../../events/event.ts';
import { fetchMedia } from '../../inbox/media/fetch-media.ts';
import { answerRequests, info, stack as mediaStack } from '../../inbox/media/media.test-support.ts';
import { changedNumber, messages, post, stack, text } from '../../ingest/post-body.test-support.ts';
import { cloudBody, statusBody } from '../../ingest/sample-bodies.test-support.ts';
import { eraseCustomer } from '../../upkeep/erasing/erase-customer.ts';
import { workErasures } from '../../upkeep/erasing/work-erasures.ts';
import { NEVER_MS } from '../../webhooks/enablement.ts';
import { type Answer, appUser, call, tokenFor } from '../api.test-support.ts';

const { db, files } = stack;
const { BUCKET } = env as unknown as { BUCKET: R2Bucket };
const ADA = '48123456789';
const DIALLED = '481234567890';
const BEN = '48555000111';
const SECRET = 'the quick brown secret';
const TABLES =
  'chats chat_aliases messages statuses events deliveries attempts chat_queue replays marks outbox media waba_errors idempotency_keys erasures';

let admin: string;
let adminUser: User;
let bot: { token: string };

useLanes();

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  bot = await appUser(admin, 'eraser');
  const user = await findUser(db, 1);
  if (user === undefined) throw new Error('There is no admin.');
  adminUser = user;
});

beforeEach(async () => {
  for (const table of [...TABLES.split(' '), 'messages_search', 'chats_search'])
    await db.run(sql.raw(`delete from ${table}`));
  await db.run(sql`update counters set value = 0`);
});

function erase(waId = ADA, token = admin): Promise<Answer> {
  return call('DELETE', `/api/v1/persons/${waId}/`, { token });
}

function contact(waId: string, name: string): object {
  return { profile: { name }, wa_id: waId };
}

const fromAda = (id: string, body = SECRET): object =>
  messages([text(id, { from: ADA }, body)], [contact(ADA, 'Ada Lovelace')]);
const fromBen = (id: string, body = 'hello'): object =>
  messages([text(id, { from: BEN }, body)], [contact(BEN, 'Ben Nevis')]);

/** Every place in which one of these words stands: the table, or the key of an object. */
async function placesOf(...words: string[]): Promise<string[]> {
  const found = new Set<string>();
  const tables = await db.all<{ name: string }>(
    sql`select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\'
      and sql not like '%fts5%' and name not like '%search\\_%' escape '\\'`,
  );
  for (const { name } of tables) {
    const rows = JSON.stringify(await db.all(sql.raw(`select * from ${name}`)));
    if (words.some((word) => rows.includes(word))) found.add(name);
  }
  for (const { key } of (await BUCKET.list()).objects) {
    const content = (await (await BUCKET.get(key))?.text()) ?? '';
    if (words.some((word) => key.includes(word) || content.includes(word))) found.add(key);
  }
  for (const table of ['messages_search', 'chats_search']) {
    for (const word of words) {
      const hit = await db.first(
        sql`select 1 from ${sql.raw(table)} where ${sql.raw(table)} match ${`"${word}"`}`,
      );
      if (hit !== undefined) found.add(table);
    }
  }
  return [...found];
}

async function counted(): Promise<unknown> {
  return db.first(sql`select (select count(*) from chats) as chats, (select count(*) from messages) as messages,
    (select value from counters where name = 'chats') as counted_chats,
    (select value from counters where name = 'messages') as counted_messages`);
}

/** Lets all customers have written just now, so that they can be sent a text. */
async function openWindows(): Promise<void> {
  await db.run(sql`update chats set last_incoming = ${Math.floor(Date.now() / 1000)}`);
}

/** A customer of whom there is something in every table. */
async function seedAda(): Promise<void> {
  await post(fromAda('wamid.a1'));
  await db.run(sql`insert into chat_aliases (alias, chat) values (${DIALLED}, ${ADA})`);
  await post(
    messages([
      {
        from: ADA,
        id: 'wamid.a2',
        timestamp: '6',
        type: 'image',
        image: { id: '77', mime_type: 'image/jpeg', caption: SECRET },
      },
    ]),
  );
  const [file] = await db.all<{ id: string }>(sql`select id from media`);
  await files.put(`media/${file?.id}`, SECRET);
  await db.run(sql`update media set state = 'stored'`);
  await openWindows();
  const sent = await call('POST', '/api/v1/messages/', {
    token: admin,
    json: { wa_id: ADA, type: 'text', text: { body: SECRET } },
    headers: { 'Idempotency-Key': 'once' },
  });
  expect(sent.status).toBe(202);
  await post(
    statusBody({ id: 'wamid.foreign', status: 'read', timestamp: '7', recipient_id: ADA }),
  );
  await post(cloudBody('user_preferences', { user_preferences: [{ wa_id: ADA, value: 'stop' }] }));
  const failed = { errors: [{ code: 131047, title: 'x' }], recipient_id: ADA };
  await db.run(sql`insert into waba_errors (message_id, payload, timestamp)
    select id, ${JSON.stringify(failed)}, 1 from messages limit 1`);
  await db.run(sql`insert into marks (user_id, chat, ordinal) values (1, ${ADA}, 2)`);
  await db.run(sql`insert into attempts (seq, webhook_id, at, number, status, latency_ms, request_headers, response_headers, response_body)
    select seq, 1, 1, 1, 200, 5, ${`{"x":"${ADA}"}`}, ${`{"y":"${ADA}"}`}, ${SECRET} from events`);
  await db.run(sql`insert into replays (webhook_id, user_id, state, filter, cursor_seq, until_seq, total, per_second, next_at, created_at)
    values (1, 1, 'running', ${JSON.stringify({ chats: [ADA] })}, 1, 1, 1, 1, 1, 1)`);
}

describe('DELETE /persons/{wa_id}/', () => {
  it('leaves nothing of the customer in any table nor in the bucket', async () => {
    await seedAda();
    expect((await placesOf(ADA, SECRET, 'Lovelace')).length).toBeGreaterThan(8);
    expect((await erase()).status).toBe(204);
    expect(await placesOf(ADA, SECRET, 'Lovelace')).toEqual([]);
    expect(await counted()).toEqual({
      chats: 0,
      messages: 0,
      counted_chats: 0,
      counted_messages: 0,
    });
    expect(await db.all(sql`select * from erasures`)).toEqual([]);
    expect((await BUCKET.list({ prefix: 'default/media/' })).objects).toEqual([]);
  });

  it('leaves what can be counted: events without a gap, attempts, deliveries', async () => {
    await seedAda();
    const before = await db.first(sql`select count(*) as events, max(seq) as newest from events`);
    await db.run(sql`insert into deliveries (webhook_id, seq, state, attempts, next_at, last_error)
      select 1, seq, 'dead', 13, 1, 'The receiver answered 500.' from events`);
    await erase();
    expect(await db.first(sql`select count(*) as events, max(seq) as newest from events`)).toEqual(
      before,
    );
    expect(
      await db.first(sql`select count(*) as n, min(last_error) as error from deliveries`),
    ).toMatchObject({
      n: 4,
      error: 'The receiver answered 500.',
    });
    expect(await db.first(sql`select count(*) as n, min(status) as status from attempts`)).toEqual({
      n: 4,
      status: 200,
    });
  });

  it('leaves other customers untouched, even one who has told the number to us', async () => {
    await post(fromBen('wamid.b1', `call me or +${ADA}`));
    const card = [{ name: { formatted_name: 'A' }, phones: [{ phone: ADA, wa_id: ADA }] }];
    await post(
      messages([{ from: BEN, id: 'wamid.b2', timestamp: '5', type: 'contacts', contacts: card }]),
    );
    const rows = async (): Promise<unknown> => [
      await db.all(sql`select * from messages where chat = ${BEN}`),
      await db.all(sql`select * from chats where wa_id = ${BEN}`),
      await db.all(sql`select * from events where seq <= 2`),
    ];
    const before = await rows();
    await post(fromAda('wamid.a1'));
    await erase();
    expect(await rows()).toEqual(before);
    expect(await counted()).toEqual({
      chats: 1,
      messages: 2,
      counted_chats: 1,
      counted_messages: 2,
    });
  });

  it('empties an event of several customers, and keeps the other one in it', async () => {
    await post(
      messages([text('wamid.a1', { from: ADA }, SECRET), text('wamid.b1', { from: BEN })]),
    );
    await db.run(
      sql`update events set chats = replace(chats, '"assigned_user_id":null', '"assigned_user_id":7')`,
    );
    await erase();
    const none = { assigned_group_id: null, assigned_user_id: 7 };
    const row = await db.first<{ body: null; extended: null; chats: string }>(
      sql`select body, extended, chats from events`,
    );
    expect(row).toMatchObject({ body: null, extended: null });
    expect(JSON.parse(row?.chats ?? '')).toEqual([
      { wa_id: 'erased', ...none },
      { wa_id: BEN, ...none, opens_window: true },
    ]);
    expect(await placesOf(ADA, SECRET)).toEqual([]);
    expect(await db.all(sql`select waba_id from messages`)).toEqual([{ waba_id: 'wamid.b1' }]);
  });

  it('removes an event that lies in R2', async () => {
    await post(fromAda('wamid.a1', `${SECRET} ${'x'.repeat(1_600_000)}`));
    const event = await db.first<{ id: string; in_r2: number }>(sql`select id, in_r2 from events`);
    expect(event?.in_r2).toBe(1);
    await erase();
    for (const key of contentsKeys({ id: event?.id ?? '' }))
      expect(await files.getText(key)).toBeNull();
    expect(await placesOf(ADA, SECRET)).toEqual([]);
  });

  it('finds the customer under the number and the user id that they had before', async () => {
    const former = '48999888777';
    const userId = 'PL.1349123';
    await post(messages([text('wamid.a0', { from_user_id: userId }, SECRET)]));
    await post(messages([text('wamid.a1', { from: former, from_user_id: userId }, SECRET)]));
    await post(messages([changedNumber('wamid.a2', former, ADA)]));
    await post(fromBen('wamid.b1'));
    expect((await erase()).status).toBe(204);
    expect(await placesOf(ADA, former, userId, SECRET)).toEqual([]);
    expect(await counted()).toMatchObject({ chats: 1, messages: 1 });
  });

  it('is for admins only, and only for customers that are known', async () => {
    await post(fromAda('wamid.a1'));
    expect((await erase(ADA, bot.token)).status).toBe(403);
    expect((await erase(BEN)).status).toBe(404);
    expect(await counted()).toMatchObject({ chats: 1 });
    await erase();
    expect((await erase()).status).toBe(404);
  });

  it('knows the customer as a new one afterwards', async () => {
    for (const id of ['wamid.a1', 'wamid.a2']) await post(fromAda(id));
    await erase();
    await post(fromAda('wamid.a3', 'good day'));
    expect(await db.all(sql`select wa_id, inbound_count, message_count from chats`)).toEqual([
      { wa_id: ADA, inbound_count: 1, message_count: 1 },
    ]);
    expect(
      await db.all(sql`select ordinal, (select count(*) from events) as events from messages`),
    ).toEqual([{ ordinal: 1, events: 3 }]);
    expect(await placesOf('Lovelace')).toContain('chats_search');
  });
});

describe('what takes longer than a request', () => {
  it('is said, goes on by itself from where it was, and spares what came meanwhile', async () => {
    await seedAda();
    const times = { now: Date.now(), budgetMs: 0 };
    expect(await eraseCustomer(stack, adminUser, ADA, times)).toEqual({ messages: 3, events: 4 });
    // Two at once, one of which was left behind by a request that died.
    await Promise.all([
      workErasures(stack, Date.now() + 5_000),
      workErasures(stack, Date.now() + 5_000),
    ]);
    expect(await placesOf(ADA, SECRET)).toEqual([]);
    expect(await counted()).toEqual({
      chats: 0,
      messages: 0,
      counted_chats: 0,
      counted_messages: 0,
    });
  });

  it('spares a customer who writes again while former events are looked through', async () => {
    await db.run(sql`
      insert into events (id, kind, created_at, body, extended, fields, chats, incoming)
      with recursive c (i) as (select 1 union all select i + 1 from c where i < 1200)
      select 'e' || i, 'waba', 1, ${JSON.stringify(fromAda('wamid.x'))}, '{}', '[]',
        ${JSON.stringify([{ wa_id: ADA, assigned_user_id: null, assigned_group_id: null }])}, '["x"]' from c`);
    await post(fromAda('wamid.a1'));
    await db.run(
      sql`insert into erasures (chat, cursor_seq, until_seq, created_at) values (${ADA}, 0, 1200, 1)`,
    );
    await workErasures(stack, Date.now() + 5_000);
    expect(
      await db.first(sql`select count(*) as n, max(seq) as seq from events where body is null`),
    ).toEqual({
      n: 1200,
      seq: 1200,
    });
    expect(await counted()).toMatchObject({ chats: 1, messages: 1 });
  });

  it('gets past an event that cannot be read', async () => {
    await post(fromAda('wamid.a1'));
    await db.run(sql`insert into events (id, kind, created_at, body, extended, fields, chats, incoming)
      values ('torn', 'waba', 1, ${`{"from":"${ADA}"`}, '{', '[]', '{', '[]')`);
    await post(fromAda('wamid.a2'));
    expect((await erase()).status).toBe(204);
    expect(await placesOf(ADA)).toEqual([]);
  });

  it('waits for the answer to a message on its way, and sends no other', async () => {
    for (const body of ['first', 'second']) {
      await call('POST', '/api/v1/messages/', {
        token: admin,
        json: { wa_id: ADA, type: 'text', text: { body } },
      });
    }
    await post(fromBen('wamid.b1'));
    await db.run(
      sql`update outbox set attempted_at = ${Date.now()}, attempts = 1 where n = (select min(n) from outbox)`,
    );
    expect(await erase()).toMatchObject({ status: 202, body: { messages_left: 1 } });
    expect(await db.all(sql`select attempts from outbox`)).toEqual([{ attempts: 1 }]);
    await db.run(sql`delete from outbox`);
    expect((await erase()).status).toBe(204);
    expect(await placesOf(ADA)).toEqual([]);
  });
});

describe('what was still to be delivered', () => {
  it('dies, and holds up nobody in the queue of its chat', async () => {
    const id = await subscribe('ordered.example', { on_cloud_api: 1, ordering: 'chat' });
    await post(fromAda('wamid.a1'));
    await post(messages([text('wamid.a2', { from: ADA }), text('wamid.b1', { from: BEN })]));
    await post(fromBen('wamid.b2'));
    await db.run(sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
      select ${id}, seq, 'due', 0, iif(seq = 1, ${Date.now()}, ${NEVER_MS}) from events`);
    await db.run(sql`update events set open = null`);
    await db.run(sql`insert into chat_queue (webhook_id, chat, seq)
      select ${id}, c.value->>'wa_id', e.seq from events e join json_each(e.chats) c`);
    await erase();
    for (let turn = 0; turn < 3; turn += 1) await ring(webhookBell(id));
    expect(await deliveries()).toMatchObject([
      { state: 'dead' },
      { state: 'dead' },
      { seq: 3, state: 'due', attempts: 1 },
    ]);
    expect(await db.all(sql`select chat, seq from chat_queue`)).toEqual([{ chat: BEN, seq: 3 }]);
  });
});

describe('a file that is being fetched meanwhile', () => {
  it('does not come back', async () => {
    await post(
      messages([
        {
          from: ADA,
          id: 'wamid.a1',
          timestamp: '6',
          type: 'image',
          image: { id: '77', mime_type: 'image/jpeg' },
        },
      ]),
    );
    const [file] = await db.all<{ id: string; next_at: number }>(
      sql`select id, next_at from media`,
    );
    const key = `media/${file?.id}`;
    const put = vi.spyOn(files, 'put');
    answerRequests(async ({ url }) => {
      if (!url.includes('/attachments/')) return info();
      await erase();
      return new Response(SECRET);
    });
    await fetchMedia(mediaStack, file?.id ?? '', file?.next_at ?? 0);
    expect(put).toHaveBeenCalledOnce();
    expect(await files.getText(key)).toBeNull();
  });
});
