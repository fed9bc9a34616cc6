import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findUser, type User } from '../../auth/user.ts';
import type { WebhookDialect } from '../../webhooks/dialect.ts';
import { listWebhookEvents } from '../../webhooks/webhook-events.ts';
import type { WebhookDraft } from '../../webhooks/check-webhook.ts';
import { createWebhook } from '../../webhooks/create-webhook.ts';
import { updateWebhook } from '../../webhooks/update-webhook.ts';
import type { Webhook } from '../../webhooks/webhook.ts';
import { presentWebhookEvent } from './webhook-event-schema.ts';
import { dialects } from '../api.test-support.ts';
import { call, PEOPLE, preparePeople, stack } from './webhooks.test-support.ts';

const { db } = stack;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const DIALECT: WebhookDialect = {
  events: ['message_received', 'message_sent'],
  deadlineMs: 5_000,
  headers: (key) => ({ 'x-api-key': key ?? '' }),
  render: ({ seq }) => [{ body: `{"seq":${seq},"part":0}` }, { body: `{"seq":${seq},"part":1}` }],
  sample: ({ ref }) => ({ body: JSON.stringify({ sample: ref }) }),
};

const POLICY = { allowPrivate: false, ownHosts: [], dialects: { chattu: DIALECT } };

const DRAFT: WebhookDraft = {
  url: 'https://example.com/hook',
  dialect: 'chattu',
  dialectEvents: ['message_received'],
  dialectKey: 'key-of-the-shop',
  dialectRef: 'shop',
};

beforeEach(async () => {
  dialects.chattu = DIALECT;
  await preparePeople();
});

afterEach(() => {
  vi.restoreAllMocks();
  delete dialects.chattu;
});

async function ann(): Promise<User> {
  const user = await findUser(db, PEOPLE.ann);
  if (user === undefined) throw new Error('There is no such user.');
  return user;
}

async function make(draft: Partial<WebhookDraft> = {}): Promise<Webhook> {
  return createWebhook(stack, await ann(), { ...DRAFT, ...draft }, SECRET, POLICY);
}

describe('a webhook of another dialect', () => {
  it('is shown with its dialect and what it takes, and never its key', async () => {
    const { id } = await make();
    const response = await call('ann', 'GET', `${id}/`);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      dialect: 'chattu',
      dialect_events: ['message_received'],
      on_incoming_message: false,
    });
    expect(text).not.toContain('key-of-the-shop');
    const row = await db.first<{ dialect_key: string }>(sql`select dialect_key from webhooks`);
    expect(row?.dialect_key).not.toContain('key-of-the-shop');
  });

  it.each([
    ['a dialect that nobody here speaks', { dialect: 'qontak' }, ['dialect', 'dialect_events']],
    ['an event that it has not', { dialectEvents: ['calls'] }, ['dialect_events']],
    ['a flag of the first dialect', { onIncomingMessage: true }, ['on_incoming_message']],
  ] as const)('is refused with %s', async (_what, draft, fields) => {
    const refused = await make(draft).catch((error: unknown) => error);
    expect(Object.keys((refused as { fields: object }).fields)).toEqual(fields);
    expect(await db.all(sql`select id from webhooks`)).toEqual([]);
  });

  it('takes no flag later on either, and stays what it is when it is replaced', async () => {
    const { id } = await make();
    const patched = await call('ann', 'PATCH', `${id}/`, { on_assigned: true });
    expect(patched.status).toBe(400);
    const body = { url: 'https://example.com/other' };
    const replaced = await call('ann', 'PUT', `${id}/`, body);
    expect(await replaced.json()).toMatchObject({
      url: body.url,
      dialect: 'chattu',
      dialect_events: ['message_received'],
    });
    const change = { dialectEvents: ['message_sent'] };
    const changed = await updateWebhook(stack, await ann(), id, change, POLICY);
    expect(changed.dialectEvents).toEqual(['message_sent']);
  });

  it('is tested with a sample in its shapes, and its key is not shown', async () => {
    const sent: Request[] = [];
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      sent.push(new Request(input, init));
      return new Response('I know key-of-the-shop');
    });
    const { id } = await make();
    const response = await call('ann', 'POST', `${id}/test/?detail=1`, {});
    expect(await response.json()).toMatchObject({ status: 200, response_body: 'I know ***' });
    expect(sent[0]?.headers.get('x-api-key')).toBe('key-of-the-shop');
    expect(await sent[0]?.json()).toEqual({ sample: 'shop' });
    delete dialects.chattu;
    expect((await call('ann', 'POST', `${id}/test/`, {})).status).toBe(409);
  });

  it('lists its events by their parts, each with the id that it is sent with', async () => {
    const { id } = await make();
    const chats = JSON.stringify([{ wa_id: '491' }]);
    await db.run(sql`insert into events (id, kind, created_at, extended, fields, chats, incoming)
      values ('e-1', 'waba', 1000, '{}', '["messages"]', ${chats}, '["a"]'),
        ('e-2', 'outgoing', 1000, '{}', '[]', ${chats}, '[]')`);
    const range = { after: 0, limit: 10 };
    const page = await listWebhookEvents(stack, await ann(), id, range, POLICY.dialects);
    const sequence = page.lastSeq - 1;
    expect(page.events.map(presentWebhookEvent)).toEqual([
      {
        sequence,
        webhook_id: `e-1.${id}`,
        created_at: 1,
        shape: 'dialect',
        parts: [
          { webhook_id: `e-1.${id}`, payload: { seq: sequence, part: 0 } },
          { webhook_id: `e-1.${id}.1`, payload: { seq: sequence, part: 1 } },
        ],
      },
    ]);
  });
});
