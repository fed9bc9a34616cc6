import { describe, expect, it } from 'vitest';
import { codeOf, setUp, wabaHeaders } from './set-up.test-support.ts';

const HELLO = { to: '16505551234', type: 'text', text: { body: 'hello' } };

describe('an accepted message', () => {
  it('is answered with the recipient and a new WhatsApp id', async () => {
    const { send, sandbox } = await setUp();
    const { status, body } = await send(HELLO);
    const wamid = sandbox.sent[0]?.wamid ?? '';
    expect(wamid).toMatch(/^wamid\.[A-Za-z0-9+/=]{20,122}$/);
    expect(status).toBe(200);
    expect(body).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: '16505551234', wa_id: '16505551234' }],
      messages: [{ id: wamid, message_status: 'accepted' }],
    });
  });

  it('is logged with its body, recipient and the key that was used', async () => {
    const { send, sandbox, get } = await setUp();
    await send(HELLO);
    expect(sandbox.sent).toEqual([
      {
        wamid: expect.any(String),
        to: '16505551234',
        body: { messaging_product: 'whatsapp', ...HELLO },
        at: expect.any(Number),
        apiKey: 'test-key',
      },
    ]);
    expect(await get('/_sandbox/sent')).toEqual(sandbox.sent);
    expect(await get('/_sandbox/sent?from=1')).toEqual([]);
  });

  it('is reported as sent, delivered and read, in three webhooks in that order', async () => {
    const { send, receiver } = await setUp();
    const { body } = await send({ ...HELLO, biz_opaque_callback_data: 'mine' });
    const webhooks = await receiver.until(3);
    const statuses = webhooks.map(({ value }) => value.statuses);
    const common = {
      id: body.messages?.[0]?.id,
      recipient_id: '16505551234',
      biz_opaque_callback_data: 'mine',
      timestamp: expect.stringMatching(/^\d{10}$/),
    };
    const origin = { type: 'service' };
    const id = expect.stringMatching(/^[0-9a-f]{32}$/);
    const expiry = expect.stringMatching(/^\d{10}$/);
    const pricing = {
      billable: false,
      pricing_model: 'PMP',
      category: 'service',
      type: 'free_customer_service',
    };
    expect(statuses).toEqual([
      [
        {
          ...common,
          status: 'sent',
          conversation: { id, expiration_timestamp: expiry, origin },
          pricing,
        },
      ],
      [{ ...common, status: 'delivered', conversation: { id, origin }, pricing }],
      [{ ...common, status: 'read' }],
    ]);
    expect(webhooks[0]?.headers.authorization).toBe('Bearer secret');
    expect(webhooks[0]?.value.metadata).toEqual({
      display_phone_number: '15550783881',
      phone_number_id: '106540352242922',
    });
    expect(webhooks[0]?.value.contacts).toEqual([
      { profile: { name: 'Customer 1234' }, wa_id: '16505551234' },
    ]);
  });

  it('has each status repeated with growing pauses until it gets a 200', async () => {
    const { send, receiver } = await setUp();
    receiver.answers.push(500, 0, 204);
    await send(HELLO);
    const webhooks = await receiver.until(6);
    expect(webhooks.map(({ value }) => value.statuses?.[0]?.status)).toEqual([
      'sent',
      'sent',
      'sent',
      'sent',
      'delivered',
      'read',
    ]);
    const [first = 0, second = 0, third = 0, fourth = 0] = webhooks.map(({ at }) => at);
    expect(second - first).toBeGreaterThan(240);
    expect(third - second).toBeGreaterThan(490);
    expect(fourth - third).toBeGreaterThan(990);
  });

  it('may go to a business-scoped user id, which then stands for the number everywhere', async () => {
    const { send, receiver } = await setUp();
    const { type, text } = HELLO;
    const { body } = await send({ recipient: 'US.13491208655302741918', type, text });
    expect(body.contacts).toEqual([
      { input: 'US.13491208655302741918', user_id: 'US.13491208655302741918' },
    ]);
    const [sent] = await receiver.until(1);
    expect(sent?.value.statuses?.[0]).toMatchObject({
      recipient_user_id: 'US.13491208655302741918',
    });
    expect(sent?.value.statuses?.[0]).not.toHaveProperty('recipient_id');
    expect(sent?.value.contacts?.[0]).not.toHaveProperty('wa_id');
  });

  it('goes to the number when both a number and a user id are given', async () => {
    const { send, sandbox } = await setUp();
    await send({ ...HELLO, recipient: 'US.123' });
    expect(sandbox.sent[0]?.to).toBe('16505551234');
  });

  it('may go to a group, and its statuses say so', async () => {
    const { send, receiver } = await setUp();
    await send({ ...HELLO, recipient_type: 'group', to: 'Y2FwaV9ncm91cDox' });
    const [sent] = await receiver.until(1);
    expect(sent?.value.statuses?.[0]).toMatchObject({
      recipient_type: 'group',
      recipient_id: 'Y2FwaV9ncm91cDox',
    });
  });

  it('shows on the phone with its statuses', async () => {
    const { send, receiver, get } = await setUp();
    const { body } = await send({ ...HELLO, context: { message_id: 'wamid.earlier' } });
    await receiver.until(3);
    expect(await get('/customers/16505551234/messages')).toEqual([
      {
        id: body.messages?.[0]?.id,
        type: 'text',
        text: { body: 'hello' },
        context: { message_id: 'wamid.earlier' },
        at: expect.any(Number),
        statuses: ['sent', 'delivered', 'read'].map((status) => ({
          status,
          timestamp: expect.any(String),
        })),
      },
    ]);
    expect(await get('/customers/16505550000/messages')).toEqual([]);
  });

  it('keeps the order of statuses and loses none among 300 sent at once', async () => {
    const { send, receiver, sandbox } = await setUp({ numberPerSecond: 1_000, statusDelayMs: 0 });
    const numbers = Array.from({ length: 300 }, (_, index) => String(16505550000 + index));
    await Promise.all(numbers.map((to) => send({ ...HELLO, to })));
    const seen = new Map<string, string[]>();
    for (const { value } of await receiver.until(900)) {
      const { id = '', status = '' } = value.statuses?.[0] ?? {};
      seen.set(id, [...(seen.get(id) ?? []), status]);
    }
    expect([...seen.keys()].sort()).toEqual(sandbox.sent.map(({ wamid }) => wamid).sort());
    expect(new Set([...seen.values()].map(String))).toEqual(new Set(['sent,delivered,read']));
  });
});

describe('a read mark', () => {
  it('is accepted for a message that a phone has sent, with or without typing', async () => {
    const { send, phone, sandbox, get } = await setUp();
    const { body } = await phone('16505551234', { text: 'hi' });
    const mark = { status: 'read', message_id: body.id };
    expect(await send(mark)).toEqual({ status: 200, body: { success: true } });
    await send({ ...mark, typing_indicator: { type: 'text' } });
    expect(sandbox.reads).toEqual([
      { messageId: body.id, typing: false, at: expect.any(Number) },
      { messageId: body.id, typing: true, at: expect.any(Number) },
    ]);
    expect(await get('/_sandbox/reads')).toEqual(sandbox.reads);
    expect(sandbox.sent).toEqual([]);
  });

  it('is refused for an id nobody has sent', async () => {
    const { send, sandbox } = await setUp();
    const reply = await send({ status: 'read', message_id: 'wamid.unknown' });
    expect([reply.status, codeOf(reply)]).toEqual([400, 131009]);
    expect(sandbox.reads).toEqual([]);
  });
});

describe('a request WABA cannot take', () => {
  it('is refused with 401 in 360dialog\u2019s shape when the key is wrong or missing', async () => {
    const { sandbox } = await setUp();
    const keys: Record<string, string>[] = [{}, { 'D360-API-KEY': 'other' }];
    for (const headers of keys) {
      const response = await fetch(`${sandbox.url}/messages`, { method: 'POST', headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        meta: { success: false, http_code: 401, developer_message: 'Invalid api_key' },
      });
    }
  });

  it.each([
    ['is not JSON', '{"messaging_product":', 400],
    ['is a list', '[]', 400],
    ['is empty', '', 400],
    ['is above 3 MB', JSON.stringify('x'.repeat(3 * 1024 * 1024)), 413],
  ])('is refused with code 100 when its body %s', async (_, body, status) => {
    const { sandbox } = await setUp();
    const response = await fetch(`${sandbox.url}/messages`, {
      method: 'POST',
      headers: wabaHeaders(),
      body,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code: 100, type: 'OAuthException' } });
  });

  it('is refused when it does not say that its body is JSON', async () => {
    const { sandbox } = await setUp();
    const response = await fetch(`${sandbox.url}/messages`, {
      method: 'POST',
      headers: { ...wabaHeaders(), 'Content-Type': 'text/plain' },
      body: JSON.stringify({ messaging_product: 'whatsapp', ...HELLO }),
    });
    expect(response.status).toBe(400);
    expect(sandbox.sent).toEqual([]);
  });

  it('is answered 404 in 360dialog\u2019s shape for a path that does not exist', async () => {
    const { waba } = await setUp();
    const reply = await waba('GET', '/v20.0/106540352242922/messages');
    expect(reply.status).toBe(404);
    expect(reply.body).toMatchObject({ meta: { success: false, http_code: 404 } });
  });
});

describe('the rate limits', () => {
  it('refuse a message above what a second has room for with 130429, as a violation', async () => {
    const { send, sandbox, get } = await setUp({ numberPerSecond: 5 });
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, index) => send({ ...HELLO, to: String(16505550000 + index) })),
    );
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.map((reply) => [reply.status, codeOf(reply)])).toEqual([[403, 130429]]);
    expect(sandbox.sent).toHaveLength(5);
    expect(sandbox.violations).toMatchObject([{ kind: 'number' }]);
    expect(await get('/_sandbox/violations')).toEqual(sandbox.violations);
  });

  it('refuse a burst above the pair limit with 131056, other recipients unharmed', async () => {
    const { send, sandbox } = await setUp({ pairBurst: 2 });
    await send(HELLO);
    await send(HELLO);
    const third = await send(HELLO);
    expect([third.status, codeOf(third)]).toEqual([400, 131056]);
    expect((await send({ ...HELLO, to: '16505559999' })).status).toBe(200);
    expect(sandbox.violations).toMatchObject([{ kind: 'pair', to: '16505551234' }]);
  });

  it('do not count messages that were refused for what they say', async () => {
    const { send } = await setUp({ pairBurst: 1 });
    await send({ ...HELLO, text: {} });
    expect((await send(HELLO)).status).toBe(200);
  });
});
