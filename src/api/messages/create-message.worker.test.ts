import { OpenAPIHono } from '@hono/zod-openapi';
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Scope, User } from '../../auth/user.ts';
import { linksAt } from '../../inbox/media/links.ts';
import { presentMessages } from '../../inbox/messages/load-messages.ts';
import type { MessageRow } from '../../inbox/messages/present-message.ts';
import {
  clearInbox,
  seedChat,
  seedMessages,
  seedUser,
  stack,
} from '../../inbox/seed.test-support.ts';
import { acceptMessage } from '../../inbox/sending/accept-message.ts';
import type { ApiEnv } from '../api-env.ts';
import { answerError } from '../errors.ts';
import { refuseInvalid } from '../refuse-invalid.ts';
import { messageRoutes } from './message-routes.ts';

const ORIGIN = 'https://inbox.example';
const LINKS = linksAt(stack.config, ORIGIN, 0);
const ADA = '48111111111';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TEXT = { wa_id: ADA, type: 'text', text: { body: 'hi there' } };
const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_S = Math.floor(Date.now() / 1000);

const { db } = stack;
const ring = vi.fn<() => Promise<void>>();

let user: User;

beforeEach(async () => {
  await clearInbox();
  for (const table of ['outbox', 'idempotency_keys', 'media']) {
    await db.run(sql.raw(`delete from ${table}`));
  }
  ring.mockReset().mockResolvedValue();
  user = await seedUser('sender');
});

function api(as: User) {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  app.use(async (c, next) => {
    c.set('stack', stack);
    c.set('user', as);
    c.set('bells', {
      events: async () => undefined,
      outbox: ring,
      media: async () => undefined,
      webhooks: async () => undefined,
      replays: async () => undefined,
      pushes: async () => undefined,
      refreshes: async () => undefined,
      closeSockets: async () => undefined,
    });
    await next();
  });
  messageRoutes(app);
  app.onError(answerError);
  return app;
}

interface Answered {
  status: number;
  body: { id?: string; reason?: string };
}

async function post(body: BodyInit, headers: HeadersInit = {}, as = user): Promise<Answered> {
  const context = createExecutionContext();
  const request = { method: 'POST', body, headers };
  const response = await api(as).request(`${ORIGIN}/api/v1/messages/`, request, env, context);
  await waitOnExecutionContext(context);
  return { status: response.status, body: await response.json() };
}

function postJson(body: unknown, headers: Record<string, string> = {}, as = user) {
  return post(JSON.stringify(body), { 'Content-Type': 'application/json', ...headers }, as);
}

async function storedMessage(id: string | undefined) {
  const row = await db.first<Record<string, unknown>>(sql`select * from messages where id = ${id}`);
  return row === undefined ? undefined : { ...row, payload: JSON.parse(String(row['payload'])) };
}

async function count(table: string): Promise<number> {
  const row = await db.first<{ n: number }>(sql`select count(*) as n from ${sql.raw(table)}`);
  return row?.n ?? -1;
}

describe('a message that failed', () => {
  it('is sent once more by posting back what is shown of it', async () => {
    const { body } = await postJson(TEXT);
    const errors = [{ code: 131026, title: 'No', details: 'Not on WhatsApp' }];
    await db.run(sql`update messages set is_failed = 1, errors = ${JSON.stringify(errors)}`);
    const rows = await db.all<MessageRow>(sql`select * from messages`);
    const [shown] = await presentMessages(db, rows, { userId: user.id, ...LINKS });
    expect(shown).toMatchObject({ id: body.id, waba_payload: { wa_id: ADA, errors } });
    for (const again of [shown?.resend_payload, shown?.waba_payload]) {
      const posted = await postJson(again);
      expect(posted.status).toBe(202);
      const { payload } = (await storedMessage(posted.body.id)) ?? {};
      expect(payload).toMatchObject({ to: ADA, text: { body: 'hi there' } });
      expect(payload).not.toHaveProperty('errors');
    }
  });

  it('shows neither an error nor a recipient of its own where it went after all', async () => {
    await postJson(TEXT);
    await db.run(sql`update messages set errors = '[{"code":1}]'`);
    const rows = await db.all<MessageRow>(sql`select * from messages`);
    const [shown] = await presentMessages(db, rows, { userId: user.id, ...LINKS });
    expect(shown?.waba_payload).not.toHaveProperty('errors');
    expect(shown?.waba_payload).not.toHaveProperty('wa_id');
  });
});

describe('posting a message', () => {
  it('answers 202 with our id, stores it as it will be sent, and rings the outbox', async () => {
    const { status, body } = await postJson({ ...TEXT, biz_opaque_callback_data: 'mine' });
    expect(status).toBe(202);
    expect(body).toEqual({
      reason:
        'Message is saved and will be sent as soon as other messages currently pending for this user are delivered.',
      id: expect.stringMatching(UUID),
    });
    expect(await storedMessage(body.id)).toMatchObject({
      waba_id: null,
      chat: ADA,
      from_us: 1,
      type: 'text',
      sender_id: user.id,
      search_text: 'hi there',
      callback_data: 'mine',
      payload: {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: ADA,
        type: 'text',
        text: { body: 'hi there' },
      },
    });
    expect(await db.all(sql`select chat, attempted_at, attempts from outbox`)).toEqual([
      { chat: ADA, attempted_at: null, attempts: 0 },
    ]);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('is accepted even where the bell is broken', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    ring.mockRejectedValue(new Error('The object is away.'));
    expect(await postJson(TEXT)).toMatchObject({ status: 202 });
    expect(await count('outbox')).toBe(1);
  });

  it('makes the chat where there is none, and counts', async () => {
    await postJson(TEXT);
    await postJson(TEXT);
    const chats = await db.all(sql`select wa_id, contact, message_count, inbound_count from chats`);
    expect(chats).toEqual([
      {
        wa_id: ADA,
        contact: `{"profile":{"name":""},"wa_id":"${ADA}"}`,
        message_count: 2,
        inbound_count: 0,
      },
    ]);
    expect(await db.all(sql`select name, value from counters order by name`)).toEqual([
      { name: 'chats', value: 1 },
      { name: 'messages', value: 2 },
    ]);
  });

  it('can be found by search, message and chat', async () => {
    await postJson(TEXT);
    expect(
      await db.all(sql`select rowid from messages_search where text match 'there'`),
    ).toHaveLength(1);
    expect(await db.all(sql`select rowid from chats_search where text match '48111'`)).toHaveLength(
      1,
    );
  });

  it.each<[string, BodyInit, HeadersInit]>([
    [
      'a form',
      new URLSearchParams({ wa_id: ADA, type: 'text', 'text[body]': 'hi', verify_contact: 'true' }),
      {},
    ],
    [
      'a form with JSON in it',
      new URLSearchParams({ wa_id: ADA, type: 'text', text: '{"body":"hi"}' }),
      {},
    ],
  ])('takes %s', async (_what, body, headers) => {
    const { status, body: answered } = await post(body, headers);
    expect(status).toBe(202);
    expect(await storedMessage(answered.id)).toMatchObject({ payload: { text: { body: 'hi' } } });
  });

  it('takes a number with a plus and spaces', async () => {
    const { body } = await postJson({ ...TEXT, wa_id: '+48 111 111 111' });
    expect(await storedMessage(body.id)).toMatchObject({ chat: ADA });
  });

  it('sends to a user id, and to the number of its chat once that is known', async () => {
    const { body: before } = await postJson({ ...TEXT, wa_id: 'US.1349' });
    expect(await storedMessage(before.id)).toMatchObject({
      chat: 'US.1349',
      payload: { recipient: 'US.1349' },
    });
    await seedChat(ADA, { userId: 'PL.77' });
    const { body: after } = await postJson({ ...TEXT, wa_id: 'PL.77' });
    expect(await storedMessage(after.id)).toMatchObject({ chat: ADA, payload: { to: ADA } });
  });

  it.each<[object, object]>([
    [{}, { type: ['This field is required.'], wa_id: ['This field is required.'] }],
    [[], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
    [{ type: 'text', wa_id: ADA }, { text: ['This field is required.'] }],
    [{ type: 'text', wa_id: ADA, text: {} }, { text: { body: ['This field is required.'] } }],
    [{ type: 'text', text: { body: 'hi' } }, { wa_id: ['This field is required.'] }],
    [{ type: 'image', wa_id: ADA, image: {} }, { image: { link: ['This field is required.'] } }],
    [
      { type: 'text', wa_id: ADA, text: { body: 'x'.repeat(4097) } },
      { text: { body: ['Ensure this field has no more than 4096 characters.'] } },
    ],
    [
      { type: 'hsm', wa_id: ADA, hsm: {} },
      { hsm: ['WhatsApp no longer takes this type. Use "template" instead.'] },
    ],
  ])('refuses %j by field', async (body, problems) => {
    expect(await postJson(body)).toEqual({
      status: 400,
      body: { ...problems, reason: expect.any(String) },
    });
    expect(await count('messages')).toBe(0);
  });

  it('refuses more than WhatsApp could take', async () => {
    const contact = { name: { formatted_name: 'Ada' }, note: 'x'.repeat(210_000) };
    const body = { wa_id: ADA, type: 'contacts', contacts: [contact] };
    expect(await postJson(body)).toMatchObject({ status: 413 });
  });
});

describe('the right to write', () => {
  const may: [Scope, 'mine' | 'group' | 'other' | 'none', number][] = [
    ['all', 'other', 202],
    ['all', 'none', 202],
    ['group', 'group', 202],
    ['group', 'mine', 202],
    ['group', 'other', 403],
    ['group', 'none', 403],
    ['user', 'mine', 202],
    ['user', 'group', 403],
    ['user', 'none', 403],
    ['none', 'mine', 403],
  ];

  it.each(may)('“%s”, for a chat of %s: %i', async (scope, owner, status) => {
    const limited = { ...(await seedUser('limited', {}, [1])), canWriteToChats: scope };
    if (owner === 'mine') await seedChat(ADA, { assignedUserId: limited.id });
    if (owner === 'group') await seedChat(ADA, { assignedGroupId: 1 });
    if (owner === 'other') await seedChat(ADA, { assignedUserId: user.id, assignedGroupId: 2 });
    expect(await postJson(TEXT, {}, limited)).toMatchObject({ status });
    expect(await count('outbox')).toBe(status === 202 ? 1 : 0);
  });
});

describe('an Idempotency-Key', () => {
  const KEY = { 'Idempotency-Key': 'order-17' };

  it('makes the same call give the same message', async () => {
    const first = await postJson(TEXT, KEY);
    const second = await postJson(TEXT, KEY);
    expect(second).toEqual(first);
    expect(second.status).toBe(202);
    expect(await count('messages')).toBe(1);
  });

  it('makes calls at the same moment give the same message', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => postJson(TEXT, KEY)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await count('messages')).toBe(1);
    expect(await count('outbox')).toBe(1);
  });

  it('refuses another body', async () => {
    await postJson(TEXT, KEY);
    const other = { ...TEXT, text: { body: 'other' } };
    expect(await postJson(other, KEY)).toMatchObject({
      status: 409,
      body: { reason: 'This Idempotency-Key was used with another body.' },
    });
  });

  it('is each user’s own', async () => {
    const other = await seedUser('other');
    const first = await postJson(TEXT, KEY);
    const second = await postJson(TEXT, KEY, other);
    expect(second.status).toBe(202);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it('is forgotten after a day', async () => {
    const message = {
      chat: ADA,
      type: 'text',
      content: { body: 'hi' },
      repliesTo: undefined,
      callbackData: undefined,
    };
    const accept = (now: number) =>
      acceptMessage(stack, user, message, { idempotencyKey: 'k', now });
    const first = await accept(1_000);
    expect(await accept(1_000 + DAY_MS - 1)).toEqual({ id: first.id, repeated: true });
    const later = await accept(1_000 + DAY_MS);
    expect(later.repeated).toBe(false);
    expect(await accept(1_001 + DAY_MS)).toEqual({ id: later.id, repeated: true });
  });

  it.each(['', 'with space', 'tab\tinside', 'x'.repeat(256)])('may not be %j', async (key) => {
    expect(await postJson(TEXT, { 'Idempotency-Key': key })).toMatchObject({ status: 400 });
    expect(await count('messages')).toBe(0);
  });
});

describe("a customer's window", () => {
  const TEMPLATE = {
    wa_id: ADA,
    type: 'template',
    template: { name: 'hello', language: { code: 'en' } },
  };
  const day = DAY_MS / 1000;

  it('that is closed lets only templates through, and nothing is written of all else', async () => {
    await seedMessages([{ chat: ADA, timestamp: NOW_S - day - 5 }]);
    const reason =
      'The customer has not written in the last 24 hours: only a template can be sent to them.';
    expect(await postJson(TEXT, { 'Idempotency-Key': 'k' })).toEqual({
      status: 453,
      body: { detail: reason, reason },
    });
    expect([
      await count('messages'),
      await count('outbox'),
      await count('idempotency_keys'),
    ]).toEqual([1, 0, 0]);
    expect(ring).not.toHaveBeenCalled();
    expect(await postJson(TEMPLATE)).toMatchObject({ status: 202 });
  });

  it('that is open lets all through', async () => {
    await seedMessages([{ chat: ADA, timestamp: NOW_S - day + 60 }]);
    expect(await postJson(TEXT)).toMatchObject({ status: 202 });
  });

  it('is open for longer where they came from an ad', async () => {
    await seedMessages([{ chat: ADA, timestamp: NOW_S - 2 * day }]);
    await db.run(sql`update chats set last_referral = last_incoming`);
    expect(await postJson(TEXT)).toMatchObject({ status: 202 });
  });

  it('that has closed since refuses no request that was taken before', async () => {
    await seedMessages([{ chat: ADA, timestamp: NOW_S }]);
    const first = await postJson(TEXT, { 'Idempotency-Key': 'k' });
    await db.run(sql`update chats set last_incoming = 1`);
    expect(await postJson(TEXT, { 'Idempotency-Key': 'k' })).toEqual(first);
  });

  it('was never open where they have not written since we listen', async () => {
    await db.run(sql`insert into events (id, kind, created_at, extended, fields, chats, incoming)
      values ('e', 'waba', ${Date.now() - 4 * DAY_MS}, '{}', '[]', '[]', '[]')`);
    expect(await postJson(TEXT)).toMatchObject({ status: 453 });
    expect(await postJson(TEMPLATE)).toMatchObject({ status: 202 });
    await db.run(sql`delete from events`);
    expect(await postJson(TEXT)).toMatchObject({ status: 202 });
  });

  it('is nothing to someone who may not write to them', async () => {
    await seedMessages([{ chat: ADA, timestamp: 1 }]);
    const nobody = { ...user, canWriteToChats: 'none' as const };
    expect(await postJson(TEXT, {}, nobody)).toMatchObject({ status: 403 });
  });
});

describe('a reply', () => {
  const OURS = '8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';

  it.each(['wamid.A', OURS])('may name its message by %s', async (message_id) => {
    await seedMessages([{ chat: ADA, timestamp: NOW_S, id: OURS, wabaId: 'wamid.A' }]);
    const { body } = await postJson({ ...TEXT, context: { message_id } });
    expect(await storedMessage(body.id)).toMatchObject({
      payload: { context: { message_id: 'wamid.A' } },
    });
  });

  it('may name a message that has not been sent yet', async () => {
    const { body: first } = await postJson(TEXT);
    const { body } = await postJson({ ...TEXT, context: { message_id: first.id } });
    expect(await storedMessage(body.id)).toMatchObject({
      payload: { context: { message_id: first.id } },
    });
  });

  it('may not name one of another chat, or none at all', async () => {
    await seedMessages([{ chat: '48222222222', timestamp: 1, id: OURS }]);
    for (const message_id of [OURS, OURS.replace('8', '9')]) {
      expect(await postJson({ ...TEXT, context: { message_id } })).toEqual({
        status: 400,
        body: { context: ['There is no such message in this chat.'], reason: expect.any(String) },
      });
    }
    const reaction = { wa_id: ADA, type: 'reaction', reaction: { message_id: OURS, emoji: '👍' } };
    expect(await postJson(reaction)).toMatchObject({
      status: 400,
      body: { reaction: [expect.any(String)] },
    });
  });

  it('may not name one that failed', async () => {
    const { body: first } = await postJson(TEXT);
    await db.run(sql`update messages set is_failed = 1 where id = ${first.id}`);
    expect(await postJson({ ...TEXT, context: { message_id: first.id } })).toEqual({
      status: 400,
      body: { context: ['That message was not sent.'], reason: expect.any(String) },
    });
  });
});

it('is described in the document of the API', () => {
  const document = api(user).getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 't', version: '1' },
  });
  const operation = document.paths?.['/api/v1/messages/']?.post;
  expect(operation?.operationId).toBe('createMessage');
  const schema = JSON.stringify(operation?.requestBody);
  for (const type of ['text', 'template', 'interactive', 'reaction']) {
    expect(schema).toContain(`"enum":["${type}"]`);
  }
});
