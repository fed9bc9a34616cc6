import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messages, post, stack, text } from '../../ingest/post-body.test-support.ts';
import { NO_LEADING_ZERO } from '../../waba/recipient.ts';
import { call, tokenFor } from '../api.test-support.ts';

const { db } = stack;
const ADA = '5531988887777';
const SPELLINGS = ['+55 31 98888-7777', '(+55) 31 98888.7777', '55\u00a031\u00a098888\u20117777'];

let token: string;

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

beforeEach(async () => {
  for (const table of ['messages', 'events', 'outbox', 'chats', 'messages_search', 'chats_search'])
    await db.run(sql.raw(`delete from ${table}`));
  await db.run(sql`update counters set value = 0`);
  const timestamp = String(Math.floor(Date.now() / 1000));
  await post(messages([{ ...text('wamid.1', { from: ADA }, 'hello'), timestamp }]));
});

function send(waId: unknown) {
  const json = { wa_id: waId, type: 'text', text: { body: 'hi' } };
  return call('POST', '/api/v1/messages/', { token, json });
}

describe.each(SPELLINGS)('a number spelled %s', (number) => {
  const path = encodeURIComponent(number);

  it('is sent to', async () => {
    expect((await send(number)).status).toBe(202);
    expect(await db.all(sql`select chat from outbox`)).toEqual([{ chat: ADA }]);
  });

  it.each([
    [`/api/v1/chats/${path}/`],
    [`/api/v1/persons/${path}/`],
    [`/api/v1/chat_assignment/${path}/`],
    [`/api/v1/contacts/${path}/`],
  ])('finds its chat at %s', async (address) => {
    expect((await call('GET', address, { token })).status).toBe(200);
  });

  it.each([
    [`/api/v1/messages/?wa_id=${path}`],
    [`/api/v1/chats/?search=${path}`],
    [`/api/v1/persons/?search=${path}`],
  ])('filters %s', async (address) => {
    const { body } = await call('GET', address, { token });
    expect(body).toMatchObject({ results: [{}] });
  });

  it('is verified', async () => {
    const json = { contacts: [number] };
    const { body } = await call('POST', '/api/v1/contacts/verify/', { token, json });
    expect(body).toEqual({ contacts: [{ input: number, status: 'valid', wa_id: ADA }] });
  });

  it('is whom an imported chat is with', async () => {
    const json = {
      chat_text: '1/2/22, 9:05 - Ada: Hello',
      chat_participants: [{ name: 'Ada', phone_number: number }],
      utc_offset_minutes: 0,
      device_language_code: 'de',
    };
    const { body } = await call('POST', '/api/v1/chat_import/', { token, json });
    expect(body).toMatchObject({ contact: { wa_id: ADA } });
  });
});

describe.each(['0015550020005', '00 1 555 002 0005', '07700900123', '+49 (0)151 23456789'])(
  'a number that begins with a 0 of no country: %s',
  (number) => {
    it('is refused when a message is sent to it, with a sentence', async () => {
      const { status, body } = await send(number);
      expect(status).toBe(400);
      expect(body).toMatchObject({ wa_id: [NO_LEADING_ZERO] });
      expect(await db.all(sql`select 1 from outbox`)).toEqual([]);
    });

    it('is refused when it is to be blocked', async () => {
      const path = `/api/v1/contacts/block/?wa_id=${encodeURIComponent(number)}`;
      const { status, body } = await call('POST', path, { token });
      expect([status, body]).toMatchObject([400, { wa_id: [NO_LEADING_ZERO] }]);
    });

    it('is refused in an imported chat', async () => {
      const json = {
        chat_text: '1/2/22, 9:05 - Ada: Hello',
        chat_participants: [{ name: 'Ada', phone_number: number }],
        utc_offset_minutes: 0,
        device_language_code: 'de',
      };
      const { status, body } = await call('POST', '/api/v1/chat_import/', { token, json });
      expect(status).toBe(400);
      expect(JSON.stringify(body)).toContain(NO_LEADING_ZERO);
    });

    it('is told to be none', async () => {
      const json = { contacts: [number] };
      const { body } = await call('POST', '/api/v1/contacts/verify/', { token, json });
      expect(body).toEqual({ contacts: [{ input: number, status: 'invalid' }] });
    });
  },
);
