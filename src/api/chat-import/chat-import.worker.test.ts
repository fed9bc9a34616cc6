import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  clearInbox,
  seedChat,
  seedMessages,
  seedUser,
  stack,
} from '../../inbox/seed.test-support.ts';
import { currentToken } from '../../auth/token.ts';
import type { User } from '../../auth/user.ts';
import { call, type Answer } from '../api.test-support.ts';

const { db } = stack;
const { BUCKET } = env as unknown as { BUCKET: R2Bucket };

const ADA = '49151234567';
const PATH = '/api/v1/chat_import/';

const TEXT = `31.01.22, 21:05 - Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.
31.01.22, 21:05 - Ada Lovelace: Hello
there
31.01.22, 21:06 - Shop: Good evening
31.01.22, 21:06 - Ada Lovelace: ok
31.01.22, 21:06 - Ada Lovelace: ok
01.02.22, 09:00 - Ada Lovelace: IMG-20220201-WA0001.png (Datei angehängt)
Our house
01.02.22, 09:01 - Shop: offer.pdf (Datei angehängt)`;

const BODY = {
  chat_text: TEXT,
  chat_participants: [{ name: 'Ada Lovelace', phone_number: '+49 151 234567' }],
  utc_offset_minutes: 60,
  device_language_code: 'de-DE',
  media_files: [],
};

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');
const IMAGE = { filename: 'IMG-20220201-WA0001.png', file_encoded: PNG.toString('base64') };

let token: string;

beforeAll(async () => {
  await db.run(sql`delete from media`);
});

beforeEach(async () => {
  await clearInbox();
  await db.run(sql`delete from media`);
  await db.run(sql`delete from business_profile`);
  token = await tokenOf(await seedUser('admin', { role: 'admin' }));
});

function tokenOf(user: User): Promise<string> {
  return currentToken(stack, user.id);
}

function post(changes: object = {}, by = token): Promise<Answer> {
  return call('POST', PATH, { token: by, json: { ...BODY, ...changes } });
}

interface Listed {
  count: number;
  results: {
    id: string;
    from_us: boolean;
    received: boolean;
    waba_payload: Record<string, Record<string, unknown> & string>;
    waba_statuses: { sent: number | null };
  }[];
}

async function list(query = ''): Promise<Listed> {
  const answer = await call('GET', `/api/v1/messages/?wa_id=${ADA}${query}`, { token });
  return answer.body as Listed;
}

async function rows(): Promise<unknown> {
  return db.first(sql`select (select count(*) from messages) as messages, (select count(*) from chats) as chats,
    (select value from counters where name = 'messages') as counted_messages,
    (select value from counters where name = 'chats') as counted_chats,
    (select count(*) from events) as events, (select count(*) from outbox) as outbox,
    (select count(*) from media) as media, (select count(*) from messages_search) as indexed`);
}

const EMPTY = {
  messages: 0,
  chats: 0,
  counted_messages: 0,
  counted_chats: 0,
  events: 0,
  outbox: 0,
  media: 0,
  indexed: 0,
};

const ALL = { ...EMPTY, messages: 6, chats: 1, counted_messages: 6, counted_chats: 1, indexed: 6 };

describe('POST /chat_import/', () => {
  it('stores the messages of an exported chat and answers with the chat', async () => {
    const answer = await post();
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      wa_id: ADA,
      new_messages: 0,
      contact: { wa_id: ADA, waba_payload: { profile: { name: 'Ada Lovelace' } } },
      last_message: { from_us: true },
      assigned_to_user: null,
      tags: [],
    });
    const { results } = await list();
    expect(results.map(({ from_us }) => from_us)).toEqual([true, false, false, false, true, false]);
    expect(results.at(-1)).toMatchObject({
      received: true,
      waba_payload: {
        from: ADA,
        type: 'text',
        text: { body: 'Hello\nthere' },
        timestamp: String(Date.UTC(2022, 0, 31, 20, 5) / 1000),
      },
    });
    expect(results[0]).toMatchObject({
      waba_payload: { to: ADA, type: 'document', document: { filename: 'offer.pdf' } },
      waba_statuses: { sent: Date.UTC(2022, 1, 1, 8, 1) / 1000 },
    });
  });

  it('counts and indexes them like others, makes no event and sends nothing', async () => {
    await post();
    expect(await rows()).toEqual({ ...ALL, indexed: 6 });
    expect((await list('&search=evening')).count).toBe(1);
    const chats = await call('GET', '/api/v1/chats/?search=lovelace', { token });
    expect(chats.body).toMatchObject({ count: 1, results: [{ wa_id: ADA }] });
    const unread = await call('GET', '/api/v1/chats/?unread=true', { token });
    expect(unread.body).toMatchObject({ count: 0 });
  });

  it('adds nothing when the same chat is imported again', async () => {
    await post();
    expect((await post()).status).toBe(201);
    expect((await post({ utc_offset_minutes: 120 })).status).toBe(201);
    expect(await rows()).toEqual(ALL);
  });

  it('adds nothing twice when it is imported twice at once', async () => {
    const answers = await Promise.all([post(), post(), post()]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await rows()).toEqual(ALL);
  });

  it('adds what a later export has more', async () => {
    await post();
    await post({ chat_text: `${TEXT}\n02.02.22, 09:00 - Shop: Still there?` });
    expect(await rows()).toMatchObject({ messages: 7, counted_messages: 7, chats: 1 });
  });

  it('leaves out what has come from WhatsApp already', async () => {
    const timestamp = Date.UTC(2022, 0, 31, 20, 5, 42) / 1000;
    await seedMessages([{ chat: ADA, timestamp, text: 'Hello\nthere' }]);
    await post();
    expect(await rows()).toMatchObject({ messages: 6, counted_messages: 6 });
    expect((await list()).results.at(-1)?.waba_payload['id']).toMatch(/^wamid/);
  });

  it('leaves the chat its name, its marks and what is new in it', async () => {
    await seedMessages([{ chat: ADA, timestamp: 1_700_000_000, text: 'new' }]);
    await db.run(sql`update chats set name = 'Countess', resolved = 1`);
    const answer = await post();
    expect(answer.body).toMatchObject({
      new_messages: 1,
      contact: { last_message_timestamp: 1_700_000_000, resolved: true },
      last_message: { waba_payload: { text: { body: 'new' } } },
    });
    expect(
      await db.first(sql`select name, message_count, inbound_count, first_message from chats`),
    ).toEqual({
      name: 'Countess',
      message_count: 7,
      inbound_count: 1,
      first_message: Date.UTC(2022, 0, 31, 20, 5) / 1000,
    });
  });

  it('knows the customer by the number that the phone shows', async () => {
    const chat_text = TEXT.replaceAll('Ada Lovelace', '\u202a+49 151 234567\u202c');
    const answer = await post({ chat_text, chat_participants: undefined });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ wa_id: ADA });
  });

  it('knows of two participants which is us by our number', async () => {
    const chat_participants = [
      { name: 'Shop', phone_number: '4930123456' },
      { name: 'Ada Lovelace', phone_number: ADA },
    ];
    expect((await post({ chat_participants })).body).toMatchObject({
      chat_participants: [expect.stringContaining('cannot be told')],
    });
    await db.run(sql`insert into business_profile (id, phone_number) values (1, '4930123456')`);
    expect((await post({ chat_participants })).status).toBe(201);
  });

  it('stores what nobody can reply to by WhatsApp, which does not know it', async () => {
    await post();
    await db.run(sql`update chats set last_incoming = ${Math.floor(Date.now() / 1000)}`);
    const [newest, , answered] = (await list()).results;
    for (const message_id of [newest?.id, answered?.id]) {
      const json = { wa_id: ADA, type: 'text', text: { body: 'hi' }, context: { message_id } };
      expect(await call('POST', '/api/v1/messages/', { token, json })).toMatchObject({
        status: 400,
        body: { context: ['WhatsApp does not know that message: it was imported.'] },
      });
    }
  });

  it('takes 20,000 messages at once', async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, n) => `1.2.22, 10:05 - Ada Lovelace: line ${n}`,
    );
    expect((await post({ chat_text: lines.join('\n') })).status).toBe(201);
    expect(await rows()).toMatchObject({ messages: 20_000, indexed: 20_000 });
  });
});

describe('files of an import', () => {
  async function fileOf(): Promise<string> {
    const [, image] = (await list()).results;
    return String(image?.waba_payload['image']?.['link']);
  }

  it('come as base64 and are in their messages', async () => {
    expect((await post({ media_files: [IMAGE] })).status).toBe(201);
    expect(await rows()).toMatchObject({ media: 1 });
    const file = await call('GET', await fileOf(), { token });
    expect(file.headers.get('content-type')).toBe('image/png');
    expect((await list()).results[1]).toMatchObject({
      waba_payload: { type: 'image', image: { caption: 'Our house', mime_type: 'image/png' } },
    });
  });

  it('come in a form, as does the text', async () => {
    const form = new FormData();
    form.set('chat_text', new File([TEXT], '_chat.txt', { type: 'text/plain' }));
    form.set('chat_participants[0][name]', 'Ada Lovelace');
    form.set('chat_participants[0][phone_number]', ADA);
    form.set('utc_offset_minutes', '60');
    form.set('device_language_code', 'de');
    form.append('media_files', new File([PNG], IMAGE.filename, { type: 'image/png' }));
    form.append('media_files', new File(['%PDF-1.4'], 'offer.pdf'));
    const answer = await call('POST', PATH, { token, body: form });
    expect(answer.status).toBe(201);
    expect(await rows()).toEqual({ ...ALL, media: 2 });
  });

  it('that were missing are added by another import', async () => {
    await post();
    expect(await fileOf()).toBe('undefined');
    await post({ media_files: [IMAGE] });
    await post({ media_files: [IMAGE] });
    expect(await fileOf()).toContain('/api/v1/media/');
    expect(await rows()).toEqual({ ...ALL, media: 1 });
  });

  it('that no message names are not kept', async () => {
    const before = (await BUCKET.list()).objects.length;
    await post({ media_files: [{ ...IMAGE, filename: 'other.png' }] });
    expect(await rows()).toMatchObject({ media: 0 });
    expect((await BUCKET.list()).objects).toHaveLength(before);
  });
});

describe('an import that is wrong', () => {
  it.each([
    ['chat_text', { chat_text: undefined }, 'This field is required.'],
    ['chat_text', { chat_text: '' }, 'This field may not be blank.'],
    ['chat_text', { chat_text: null }, 'This field may not be null.'],
    ['chat_text', { chat_text: 5 }, 'Not a valid string.'],
    ['chat_text', { chat_text: 'a\0' }, 'Null characters are not allowed.'],
    ['chat_text', { chat_text: 'hello' }, 'This is not a chat that WhatsApp has exported.'],
    [
      'chat_text',
      { chat_text: '31.31.22, 21:05 - A: b' },
      'It has dates that do not exist or are in the future.',
    ],
    ['chat_text', { chat_text: '31.01.22, 21:05 - Notice.' }, 'There are no messages in it.'],
    [
      'chat_text',
      { chat_text: `${TEXT}\n01.02.22, 09:02 - Ben: hi` },
      'Only a chat with one customer can be imported, not a group.',
    ],
    ['utc_offset_minutes', { utc_offset_minutes: undefined }, 'This field is required.'],
    ['utc_offset_minutes', { utc_offset_minutes: 'x' }, 'A valid integer is required.'],
    ['utc_offset_minutes', { utc_offset_minutes: 1.5 }, 'A valid integer is required.'],
    [
      'utc_offset_minutes',
      { utc_offset_minutes: 841 },
      'Ensure this value is less than or equal to 840.',
    ],
    [
      'utc_offset_minutes',
      { utc_offset_minutes: -721 },
      'Ensure this value is greater than or equal to -720.',
    ],
    ['device_language_code', { device_language_code: undefined }, 'This field is required.'],
    [
      'device_language_code',
      { device_language_code: 'german!' },
      'Must be a locale such as "en-US" or "de".',
    ],
    [
      'chat_participants',
      { chat_participants: 'Ada' },
      'Expected a list of items but got type "str".',
    ],
    [
      'chat_participants',
      { chat_participants: [1, 2, 3].map(() => BODY.chat_participants[0]) },
      'Ensure this field has no more than 2 elements.',
    ],
    [
      'chat_participants',
      { chat_participants: [] },
      'This field is required: the chat does not show the number of the customer.',
    ],
    ['media_files', { media_files: {} }, 'Expected a list of items but got type "dict".'],
    [
      'media_files',
      { media_files: [{ filename: 'a.png', file_encoded: 'QUFB' }] },
      'The content of a.png is not what its name says.',
    ],
  ])('is refused with a word about %s: %j', async (field, changes, sentence) => {
    const answer = await post(changes);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ [field]: [sentence], reason: expect.any(String) });
    expect(await rows()).toEqual(EMPTY);
  });

  it('names what is wrong inside of lists', async () => {
    const answer = await post({
      chat_participants: [{ name: 'Ada' }, { name: 'Ben', phone_number: 'none' }],
      media_files: [{ filename: 'a.png' }, { filename: 'a.png', file_encoded: '!' }, 5],
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      chat_participants: {
        0: { phone_number: ['This field is required.'] },
        1: { phone_number: ['Not a valid phone number.'] },
      },
      media_files: {
        0: { file_encoded: ['This field is required.'] },
        1: { file_encoded: ['The submitted data was not a file: it must be in base64.'] },
        2: { non_field_errors: ['Invalid data. Expected a dictionary, but got int.'] },
      },
      reason: [
        'chat_participants.0.phone_number: This field is required.',
        'chat_participants.1.phone_number: Not a valid phone number.',
        'media_files.0.file_encoded: This field is required.',
      ].join(' '),
    });
  });

  it('is refused where it is too large, said beforehand or not', async () => {
    const large = 'x'.repeat(17 * 1024 * 1024);
    const headers = { 'content-type': 'application/json' };
    expect((await call('POST', PATH, { token, body: large, headers })).status).toBe(413);
    const stream = new Response(large).body ?? undefined;
    const request = { token, headers, ...(stream === undefined ? {} : { body: stream }) };
    expect((await call('POST', PATH, request)).status).toBe(413);
  });

  it.each([
    ['text/plain', 'hi', 415],
    ['application/json', '{', 400],
    ['application/json', '[]', 400],
    ['application/json', '', 400],
    ['multipart/form-data; boundary=x', 'no form', 400],
    ['application/x-www-form-urlencoded', 'chat_text=hi', 400],
  ])('is refused as %s: %j', async (contentType, body, status) => {
    const headers = { 'content-type': contentType };
    expect((await call('POST', PATH, { token, body, headers })).status).toBe(status);
  });

  it('is refused by another method and to whoever is not signed in', async () => {
    expect((await call('GET', PATH, { token })).status).toBe(405);
    expect((await call('POST', PATH, { json: BODY })).status).toBe(403);
  });
});

describe('who may import', () => {
  it('is who reads and writes to all chats', async () => {
    const user = await seedUser('ann');
    expect((await post({}, await tokenOf(user))).status).toBe(201);
  });

  it.each([
    ['all', 'none'],
    ['none', 'all'],
    ['user', 'user'],
    ['group', 'group'],
  ] as const)('is nobody else: reads (%s), writes to (%s)', async (read, write) => {
    const user = await seedUser('ann', { canReadChats: read });
    await db.run(sql`update users set can_write_to_chats = ${write} where id = ${user.id}`);
    expect((await post({}, await tokenOf(user))).status).toBe(403);
    expect(await rows()).toEqual(EMPTY);
  });

  it('is who the chat is assigned to', async () => {
    const user = await seedUser('ann', { canReadChats: 'user' });
    await seedChat(ADA, { assignedUserId: user.id });
    expect((await post({}, await tokenOf(user))).status).toBe(201);
  });
});
