import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedChat } from '../../inbox/seed.test-support.ts';
import { messages, post, text } from '../../ingest/post-body.test-support.ts';
import { appUser, call, stackUnderTest, tokenFor, type Answer } from '../api.test-support.ts';

const { db } = stackUnderTest();
const ADA = '48123456789';
const PATH = `/api/v1/chats/${ADA}/resolve`;

let admin: string;
let bot: { id: number; token: string };

function resolve(json: unknown, { token = admin, path = PATH } = {}): Promise<Answer> {
  return call('PATCH', path, { token, json });
}

async function isResolved(): Promise<unknown> {
  const { body } = await call('GET', `/api/v1/chats/${ADA}/`, { token: admin });
  return Reflect.get(Object(Reflect.get(Object(body), 'contact')), 'resolved');
}

async function told(): Promise<string[]> {
  const rows = await db.all<{ extended: string }>(
    sql`select extended from events where kind = 'resolved' order by seq`,
  );
  return rows.map(({ extended }) => extended);
}

beforeAll(async () => {
  admin = await tokenFor('admin', 'admin');
  bot = await appUser(admin, 'resolver');
});

beforeEach(async () => {
  for (const table of ['chats', 'messages', 'events'])
    await db.run(sql.raw(`delete from ${table}`));
  await db.run(
    sql`update users set can_read_chats = 'all', can_write_to_chats = 'all' where id = ${bot.id}`,
  );
  await seedChat(ADA, { name: 'Ada' });
});

describe('PATCH /chats/{wa_id}/resolve', () => {
  it('resolves a chat and opens it again, with and without its slash, and tells of each change', async () => {
    expect(await isResolved()).toBe(false);
    expect(await resolve({ resolved: true })).toMatchObject({
      status: 200,
      body: { wa_id: ADA, resolved: true },
    });
    expect(await isResolved()).toBe(true);
    expect(await resolve({ resolved: 'true' }, { path: `${PATH}/` })).toMatchObject({
      status: 200,
    });
    expect(await resolve({ resolved: false })).toMatchObject({ body: { resolved: false } });
    expect(await isResolved()).toBe(false);
    expect(await told()).toEqual(
      [true, false].map((resolved) => JSON.stringify({ chat_resolved: { wa_id: ADA, resolved } })),
    );
  });

  it("is undone by the customer's next message, and by nothing else", async () => {
    await post(messages([text('wamid.1', { from: ADA })]));
    await resolve({ resolved: true });
    await post(messages([text('wamid.1', { from: ADA })]));
    expect(await isResolved()).toBe(true);
    await post(messages([text('wamid.2', { from: ADA })]));
    expect(await isResolved()).toBe(false);
    const event = await db.first<{ extended: string }>(
      sql`select extended from events where kind = 'waba' order by seq desc`,
    );
    expect(JSON.parse(event?.extended ?? '')).toMatchObject({
      incoming_messages: [{ contact: { wa_id: ADA, resolved: false } }],
    });
    expect(await told()).toEqual(
      [true, false].map((resolved) => JSON.stringify({ chat_resolved: { wa_id: ADA, resolved } })),
    );
    const { chats } = (await db.first<{ chats: string }>(
      sql`select chats from events where kind = 'resolved' order by seq desc`,
    )) ?? { chats: '' };
    expect(JSON.parse(chats)).toEqual([
      { wa_id: ADA, assigned_user_id: null, assigned_group_id: null, resolved: 0 },
    ]);
  });

  it('is rung for, as the message is, where a webhook is to be told', async () => {
    await db.run(sql`insert into webhooks (user_id, url, headers, secret, on_assigned, since_seq, created_at)
      values (${bot.id}, 'https://example.com/', '', '', 1, 0, 1)`);
    await resolve({ resolved: true });
    const written = await post(messages([text('wamid.3', { from: ADA })]));
    const open = await db.all<{ seq: number }>(
      sql`select seq from events where kind = 'resolved' and open = 1 order by seq desc limit 1`,
    );
    expect(written?.openBeside).toEqual(open.map(({ seq }) => seq));
    expect(written?.openBeside).toHaveLength(1);
    await db.run(sql`delete from webhooks`);
  });

  it.each([
    [{}, 'This field is required.'],
    [{ resolved: null }, 'This field may not be null.'],
    [{ resolved: 'perhaps' }, 'Must be a valid boolean.'],
  ])('refuses %j', async (json, problem) => {
    expect(await resolve(json)).toMatchObject({ status: 400, body: { resolved: [problem] } });
    expect(await told()).toEqual([]);
  });

  it('knows no chat that there is none of, nor one that the caller may not read', async () => {
    await db.run(sql`update users set can_read_chats = 'user' where id = ${bot.id}`);
    expect(await resolve({ resolved: true }, { token: bot.token })).toMatchObject({ status: 404 });
    expect(await resolve({ resolved: true }, { path: '/api/v1/chats/48/resolve' })).toMatchObject({
      status: 404,
    });
    expect(await told()).toEqual([]);
  });

  it('is for those who may write to the chat', async () => {
    await db.run(sql`update users set can_write_to_chats = 'none' where id = ${bot.id}`);
    expect(await resolve({ resolved: true }, { token: bot.token })).toMatchObject({ status: 403 });
    expect(await isResolved()).toBe(false);
  });

  it('has no other method', async () => {
    expect(await call('GET', PATH, { token: admin })).toMatchObject({ status: 405 });
  });
});
