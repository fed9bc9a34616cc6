import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EventRow, type ExtendedPayload, readContents } from '../events/event.ts';
import type { ChatRow } from '../inbox/chats/person.ts';
import type { MessageRow } from '../inbox/messages/present-message.ts';
import { openStack } from '../store/open-stack.ts';
import { encodeCallback } from '../waba/callback-data.ts';
import { ingest } from './ingest.ts';
import type { Ingested } from './record-calls.ts';
import {
  ACCOUNT_BODIES,
  cloudBody,
  CUSTOMER,
  MESSAGE_CONTENTS,
  messageBody,
  status,
  statusBody,
} from './sample-bodies.test-support.ts';
import { wabaRequest } from './post-body.test-support.ts';

const stack = openStack(env, 'default');
const { db, files } = stack;
const NOW = 1_760_000_200_000;

function post(
  body: object | string,
  headers: Record<string, string> = {},
  now = NOW,
): Promise<Ingested | undefined> {
  return ingest(wabaRequest(body, headers), stack, now);
}

async function eventOf(
  written: Ingested | undefined,
): Promise<EventRow & { extendedPayload: ExtendedPayload; text: string | null }> {
  const row = await db.first<EventRow>(sql`select * from events where seq = ${written?.seq ?? -1}`);
  if (row === undefined) throw new Error('no event');
  const { body, extended } = await readContents(files, row);
  return { ...row, text: body, extendedPayload: extended };
}

async function messageOf(wabaId: string): Promise<MessageRow | undefined> {
  return db.first<MessageRow>(sql`select * from messages where waba_id = ${wabaId}`);
}

async function chatOf(key: string): Promise<ChatRow | undefined> {
  return db.first<ChatRow>(sql`select * from chats where wa_id = ${key}`);
}

async function counts(): Promise<unknown> {
  return db.first(sql`select (select count(*) from events) as events, (select count(*) from messages) as messages,
    (select count(*) from statuses) as statuses, (select count(*) from chats) as chats`);
}

async function sentMessage(
  id: string,
  wabaId: string | null,
  callbackData: string | null = null,
): Promise<void> {
  await db.run(sql`insert into messages (id, waba_id, chat, from_us, type, timestamp, payload, callback_data)
    values (${id}, ${wabaId}, ${CUSTOMER}, 1, 'text', 1, '{}', ${callbackData})`);
}

beforeEach(async () => {
  for (const table of [
    'events',
    'messages',
    'statuses',
    'chats',
    'marks',
    'users',
    'media',
    'outbox',
    'waba_errors',
    'messages_search',
    'chats_search',
  ]) {
    await db.run(sql.raw(`delete from ${table}`));
  }
});

describe('an incoming message', () => {
  it.each(Object.entries(MESSAGE_CONTENTS))(
    'is stored and forwarded byte for byte: %s',
    async (kind, content) => {
      const text = JSON.stringify(messageBody(`wamid.${kind}`, content), null, 1);
      const event = await eventOf(await post(text));
      expect(event.text).toBe(text);
      const row = await messageOf(`wamid.${kind}`);
      expect(JSON.parse(row?.payload ?? '')).toMatchObject(content);
      expect(event.extendedPayload.messages).toHaveLength(1);
      expect(event.extendedPayload.incoming_messages).toMatchObject([
        {
          id: row?.id,
          customer_wa_id: CUSTOMER,
          from_us: false,
          // What changes another message is nothing new to receive.
          received: kind === 'edit' || kind === 'revoke',
          contact: { initials: 'AL' },
        },
      ]);
      expect(JSON.parse(event.incoming)).toEqual([row?.id]);
    },
  );

  it('is written once when the body comes twice', async () => {
    const body = messageBody('wamid.1', { type: 'text', text: { body: 'x' } });
    await post(body);
    const before = await counts();
    expect(await post(body)).toBeUndefined();
    expect(await counts()).toEqual(before);
  });

  it('is written once when the body comes ten times at once', async () => {
    const body = messageBody('wamid.1', { type: 'text', text: { body: 'x' } });
    const written = await Promise.all(Array.from({ length: 10 }, () => post(body)));
    expect(written.filter((result) => result !== undefined)).toHaveLength(1);
    expect(await counts()).toEqual({ events: 1, messages: 1, statuses: 0, chats: 1 });
    expect(await chatOf(CUSTOMER)).toMatchObject({ inbound_count: 1, message_count: 1 });
  });

  it('counts in its chat, in order, however many come in one body', async () => {
    const messages = ['a', 'b', 'c'].map((id) => ({
      from: CUSTOMER,
      id,
      timestamp: '5',
      type: 'text',
      text: { body: id },
    }));
    await post(cloudBody('messages', { messages }));
    await post(messageBody('d', { type: 'text', text: { body: 'd' } }));
    const rows = await db.all<MessageRow>(sql`select * from messages order by n`);
    expect(rows.map((row) => [row.waba_id, row.ordinal])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 4],
    ]);
  });

  it('is found by the search index and its file waits to be fetched', async () => {
    const image = { id: '77', mime_type: 'image/png', caption: 'a zebra crossing' };
    const written = await post(messageBody('wamid.z', { type: 'image', image }));
    const found = await db.all(
      sql`select rowid from messages_search where messages_search match '"zebra"'`,
    );
    expect(found).toHaveLength(1);
    const [media] = await db.all<{ id: string }>(
      sql`select * from media where waba_id = '77' and state = 'pending'`,
    );
    expect(written?.mediaIds).toEqual([media?.id]);
    const event = await eventOf(written);
    const link = `http://waypost.test/api/v1/media/${media?.id}/?expires=`;
    expect(event.extendedPayload.incoming_messages).toMatchObject([
      { waba_payload: { image: { link: expect.stringContaining(link) } } },
    ]);
  });

  it('that cannot be understood does not stop the others, and nothing of the body is lost', async () => {
    const good = {
      from: CUSTOMER,
      id: 'good',
      timestamp: 1_760_000_000_000,
      type: 'text',
      text: { body: 'x' },
    };
    const text = JSON.stringify(
      cloudBody('messages', { messages: [null, 5, { id: 'nobody' }, good] }),
    );
    const event = await eventOf(await post(text));
    expect(event.text).toBe(text);
    expect(await messageOf('good')).toMatchObject({ timestamp: 1_760_000_000 });
  });

  it('in the old On-Prem shape is read alike', async () => {
    await post({
      contacts: [{ profile: { name: 'K' }, wa_id: '1631' }],
      messages: [
        {
          from: '1631',
          id: 'ABGG',
          timestamp: '1',
          type: 'voice',
          voice: { id: 'm', mime_type: 'audio/ogg' },
        },
      ],
    });
    expect(await messageOf('ABGG')).toMatchObject({ chat: '1631', type: 'voice' });
  });
});

describe('a body without messages', () => {
  it.each(Object.entries(ACCOUNT_BODIES))(
    'is forwarded whole and known again: %s',
    async (_name, body) => {
      const event = await eventOf(await post(body));
      expect(event.text).toBe(JSON.stringify(body));
      expect(await post(body)).toBeUndefined();
      const nineDays = 9 * 24 * 60 * 60 * 1000;
      expect(await post(body, {}, NOW + nineDays)).toBeDefined();
    },
  );
});

describe('a status', () => {
  const id = '8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';

  it('of our message carries getchat_id to subscribers and sets the time in the message', async () => {
    await sentMessage(id, 'wamid.ours');
    const event = await eventOf(await post(statusBody(status('wamid.ours', 'delivered'))));
    expect(event.text).toContain(`"id":"wamid.ours","getchat_id":"${id}"`);
    expect(event.extendedPayload.statuses).toMatchObject([{ id: 'wamid.ours', getchat_id: id }]);
    expect(await messageOf('wamid.ours')).toMatchObject({ delivered: 1_760_000_100, read: null });
  });

  it('that comes before its send was recorded is matched by our id in it', async () => {
    await sentMessage(id, null, "the caller's");
    const event = await eventOf(
      await post(
        statusBody(status('wamid.new', 'sent', { biz_opaque_callback_data: encodeCallback(id) })),
      ),
    );
    expect(await messageOf('wamid.new')).toMatchObject({ id, sent: 1_760_000_100 });
    expect(event.text).toContain(`"biz_opaque_callback_data":"the caller's"`);
    expect(event.text).not.toContain('waypost:');
  });

  it('of a message that we did not send is forwarded as it came', async () => {
    const body = statusBody(status('wamid.theirs', 'in_orbit', { biz_opaque_callback_data: 'x' }));
    expect((await eventOf(await post(body))).text).toBe(JSON.stringify(body));
  });

  it('never takes back what is known, in whatever order they come', async () => {
    await sentMessage(id, 'wamid.ours');
    for (const name of ['read', 'delivered', 'sent', 'failed'])
      await post(statusBody(status('wamid.ours', name, { timestamp: '9' })));
    await post(statusBody(status('wamid.ours', 'read', { timestamp: '99' })));
    expect(await messageOf('wamid.ours')).toMatchObject({
      sent: 9,
      delivered: 9,
      read: 9,
      is_failed: 0,
    });
  });

  it('of failure fails the message and leaves a WABA error', async () => {
    await sentMessage(id, 'wamid.ours');
    await post(
      statusBody(
        status('wamid.ours', 'sent'),
        status('wamid.ours', 'failed', {
          errors: [{ code: 131047, title: 'No', error_data: { details: 'Too late' } }],
        }),
      ),
    );
    const failed = await messageOf('wamid.ours');
    expect(failed).toMatchObject({ is_failed: 1 });
    expect(JSON.parse(String(failed?.['errors']))).toMatchObject([
      { code: 131047, title: 'No', details: 'Too late' },
    ]);
    expect(await db.all(sql`select message_id from waba_errors`)).toEqual([{ message_id: id }]);
  });

  it('of a group is kept per participant', async () => {
    const participants = ['1', '2', '1'].map((participant) =>
      status('wamid.g', 'read', { recipient_type: 'group', recipient_participant_id: participant }),
    );
    await post(statusBody(...participants));
    expect(await counts()).toMatchObject({ statuses: 2 });
  });

  it('comes a thousand to a body', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => status(`wamid.${index}`, 'sent'));
    await post(statusBody(...many));
    expect(await counts()).toMatchObject({ statuses: 1000, events: 1 });
    expect(await post(statusBody(...many))).toBeUndefined();
  });

  it('has the type of On-Prem in the get.chat shape, and WhatsApp’s own bytes in the body', async () => {
    await sentMessage(id, 'wamid.ours');
    const event = await eventOf(
      await post(statusBody(status('wamid.ours', 'delivered'), status('other', 'delivered'))),
    );
    expect(event.extendedPayload.statuses).toMatchObject([
      { id: 'wamid.ours', type: 'message' },
      { id: 'other', type: 'message' },
    ]);
    expect(event.text).not.toContain('"type":"message"');
  });

  it('that is new beside known ones is the only one told in the get.chat shape', async () => {
    await post(statusBody(status('a', 'sent')));
    const event = await eventOf(await post(statusBody(status('a', 'sent'), status('a', 'read'))));
    expect(event.extendedPayload.statuses).toMatchObject([{ id: 'a', status: 'read' }]);
  });
});

describe('a customer without a phone number', () => {
  const userId = 'US.13491208655302741918';
  const hidden = (id: string): object =>
    cloudBody('messages', {
      contacts: [{ profile: { name: 'Ada' }, user_id: userId }],
      messages: [{ from_user_id: userId, id, timestamp: '1', type: 'text', text: { body: id } }],
    });
  const shown = (id: string): object =>
    cloudBody('messages', {
      contacts: [{ profile: { name: 'Ada' }, wa_id: CUSTOMER, user_id: userId }],
      messages: [
        {
          from: CUSTOMER,
          from_user_id: userId,
          id,
          timestamp: '2',
          type: 'text',
          text: { body: id },
        },
      ],
    });

  it('has a chat under the user id, which moves to the number when it appears', async () => {
    await post(hidden('h1'));
    expect(await chatOf(userId)).toMatchObject({ message_count: 1 });
    await post(shown('s1'));
    await post(hidden('h2'));
    expect(await chatOf(userId)).toBeUndefined();
    expect(await chatOf(CUSTOMER)).toMatchObject({
      user_id: userId,
      message_count: 3,
      inbound_count: 3,
      last_incoming: 2,
    });
    const ordinals = await db.all(sql`select waba_id, chat, ordinal from messages order by n`);
    expect(ordinals).toEqual([
      { waba_id: 'h1', chat: CUSTOMER, ordinal: 1 },
      { waba_id: 's1', chat: CUSTOMER, ordinal: 2 },
      { waba_id: 'h2', chat: CUSTOMER, ordinal: 3 },
    ]);
  });

  it('is merged with the chat that the number had already, unread messages and all', async () => {
    await db.run(
      sql`insert into users (id, username, role, token_nonce, token_hash, created_at) values (1, 'u', 'user', 'n', 'h', 1)`,
    );
    await post(hidden('h1'));
    await post(messageBody('p1', { type: 'text', text: { body: 'x' } }));
    await db.run(sql`insert into marks (user_id, chat, ordinal) values (1, ${CUSTOMER}, 1)`);
    await post(shown('s1'));
    expect(await chatOf(CUSTOMER)).toMatchObject({
      inbound_count: 3,
      message_count: 3,
      user_id: userId,
    });
    expect(await db.all(sql`select * from marks`)).toEqual([
      { user_id: 1, chat: CUSTOMER, ordinal: 1 },
    ]);
    expect(await counts()).toMatchObject({ chats: 1, messages: 3 });
  });

  it('who gets another user id keeps the chat', async () => {
    await post(hidden('h1'));
    const update = { user_id: { previous: userId, current: 'US.2' }, detail: 'x', timestamp: '3' };
    await post(cloudBody('user_id_update', { user_id_update: [update] }));
    expect(await chatOf('US.2')).toMatchObject({ message_count: 1 });
  });
});

describe('a changed number', () => {
  it.each(['wa_id', 'new_wa_id'])('moves the chat (%s)', async (key) => {
    await post(messageBody('m1', { type: 'text', text: { body: 'x' } }));
    await post(
      cloudBody('messages', {
        messages: [
          {
            from: CUSTOMER,
            id: 's1',
            timestamp: '9',
            type: 'system',
            system: { type: 'user_changed_number', body: 'x', [key]: '49170' },
          },
        ],
      }),
    );
    expect(await chatOf(CUSTOMER)).toBeUndefined();
    expect(await chatOf('49170')).toMatchObject({
      message_count: 2,
      inbound_count: 2,
      name: 'Ada Lovelace',
    });
  });
});

describe('an echo of what was written in the WhatsApp app', () => {
  it('is stored as ours and is no incoming message', async () => {
    const echo = {
      from: '15550000001',
      to: CUSTOMER,
      id: 'wamid.e',
      timestamp: '1',
      type: 'text',
      text: { body: 'x' },
    };
    const event = await eventOf(
      await post(cloudBody('smb_message_echoes', { message_echoes: [echo] })),
    );
    expect(await messageOf('wamid.e')).toMatchObject({ from_us: 1, chat: CUSTOMER, ordinal: null });
    expect(event.extendedPayload.incoming_messages).toBeUndefined();
    expect(await chatOf(CUSTOMER)).toMatchObject({ inbound_count: 0, message_count: 1 });
  });
});

describe('a large body', () => {
  it('of 3 MB is stored in R2 and forwarded whole', async () => {
    const text = JSON.stringify(cloudBody('history', { history: ['é'.repeat(1_500_000)] }));
    expect((await eventOf(await post(text))).text).toBe(text);
  });

  it('above the limit is refused, whatever length it declares', async () => {
    await expect(post(`{"a":"${'x'.repeat(3 * 1024 * 1024)}"}`)).rejects.toMatchObject({
      code: 'too_large',
    });
  });
});

describe('the body of a call that shows neither a token nor a signature', () => {
  it.each([
    ['nothing at all', {}],
    ['a wrong token', { authorization: 'Bearer nope' }],
    ['a signature for which no secret is configured', { 'x-hub-signature-256': 'sha256=00' }],
  ])('is not read: %s', async (_name, headers: Record<string, string>) => {
    let pulls = 0;
    const body = new ReadableStream(
      {
        pull: (controller) => {
          pulls += 1;
          controller.enqueue(new Uint8Array(1024));
        },
      },
      { highWaterMark: 0 },
    );
    const request = new Request('http://waypost.test/waba/webhook', {
      method: 'POST',
      headers,
      body,
    });
    await expect(ingest(request, stack, NOW)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect([pulls, request.bodyUsed]).toEqual([0, false]);
  });
});

describe("what is no body of WABA's", () => {
  it.each(['', '{', 'nope', '[]', '5', '"x"', 'null'])(
    'is refused with nothing stored: %j',
    async (text) => {
      await expect(post(text)).rejects.toMatchObject({ code: 'invalid' });
      expect(await counts()).toEqual({ events: 0, messages: 0, statuses: 0, chats: 0 });
    },
  );
});

describe('signature headers', () => {
  it('go on with an unchanged body and not with a changed one', async () => {
    const id = '8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';
    const headers = { 'x-360dialog-signature': 'abc' };
    await sentMessage(id, 'wamid.ours');
    const unchanged = await eventOf(
      await post(messageBody('m', { type: 'text', text: { body: 'x' } }), headers),
    );
    const changed = await eventOf(await post(statusBody(status('wamid.ours', 'read')), headers));
    // The mark says that ours may take the place of the one that was left out; it is not sent.
    const mark = '{"waypost-changed":"1"}';
    expect([unchanged.headers, changed.headers]).toEqual([JSON.stringify(headers), mark]);
  });
});

describe('a body that has been through other routers', () => {
  const body = messageBody('m', { type: 'text', text: { body: 'x' } });

  it('keeps count of them', async () => {
    const event = await eventOf(await post(body, { 'waypost-hops': '2' }));
    expect(event.headers).toBe('{"waypost-hops":"2"}');
  });

  it('is refused when it goes in a circle', async () => {
    await expect(post(body, { 'waypost-hops': '5' })).rejects.toMatchObject({ code: 'loop' });
  });
});

describe('a message that names no sender', () => {
  it('is from the one contact in its body', async () => {
    await post(
      cloudBody('messages', {
        contacts: [{ profile: { name: 'Ada' }, user_id: 'US.9' }],
        messages: [{ id: 'nameless', timestamp: '1', type: 'text', text: { body: 'x' } }],
      }),
    );
    expect(await messageOf('nameless')).toMatchObject({ chat: 'US.9' });
  });
});
