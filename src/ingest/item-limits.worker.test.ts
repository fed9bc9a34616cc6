import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { readContents, type EventRow } from '../events/event.ts';
import { emptyStack, messages, post, stack, storedChats, text } from './post-body.test-support.ts';
import { cloudBody, messageBody, status, statusBody } from './sample-bodies.test-support.ts';

const { db, files } = stack;
const HUGE = 'x'.repeat(2_900_000);
/** Three bytes each in UTF-8. */
const WIDE = '漢'.repeat(390_000);

/** D1's limit of a value and of a row; the local database keeps larger ones. */
const D1_BYTES = 2_000_000;

const TABLES = {
  chats: ['wa_id', 'user_id', 'name', 'contact'],
  messages: ['id', 'waba_id', 'chat', 'type', 'payload', 'search_text'],
  statuses: ['waba_id', 'status', 'participant', 'payload'],
  media: ['waba_id', 'mime_type', 'filename'],
  waba_errors: ['waba_id', 'payload'],
  events: ['body', 'extended', 'headers', 'fields', 'chats', 'incoming'],
};

async function largestRowBytes(): Promise<number> {
  const sizes = Object.entries(TABLES).map(async ([table, columns]) => {
    const size = columns.map((name) => `coalesce(octet_length(${name}), 0)`).join(' + ');
    const row = await db.first<{ size: number | null }>(
      sql.raw(`select max(${size}) as size from ${table}`),
    );
    return row?.size ?? 0;
  });
  return Math.max(...(await Promise.all(sizes)));
}

beforeEach(emptyStack);

describe('a body with something huge in it', () => {
  it.each<[string, object]>([
    ['a text', messageBody('m', { type: 'text', text: { body: HUGE } })],
    ['a text in a wide script', messageBody('m', { type: 'text', text: { body: WIDE } })],
    [
      'a text of what JSON escapes',
      messageBody('m', { type: 'text', text: { body: '"'.repeat(149_000) } }),
    ],
    ['a caption', messageBody('m', { type: 'image', image: { id: '1', caption: WIDE } })],
    ['a file name', messageBody('m', { type: 'document', document: { id: '1', filename: HUGE } })],
    ['a MIME type', messageBody('m', { type: 'image', image: { id: '1', mime_type: HUGE } })],
    ['the id of a file', messageBody('m', { type: 'image', image: { id: HUGE } })],
    ['an unknown type', messageBody('m', { type: 'weird', weird: { a: HUGE } })],
    ["a type's name", messageBody('m', { type: HUGE })],
    ['a message id', messageBody(HUGE, { type: 'text', text: { body: 'x' } })],
    ['a sender', messages([text('m', { from: HUGE })])],
    ['a user id', messages([text('m', { from: '1', from_user_id: HUGE })])],
    [
      'the id replied to',
      messageBody('m', { type: 'text', text: { body: 'x' }, context: { id: HUGE } }),
    ],
    ['a name', messages([text('m', { from: '1' })], [{ wa_id: '1', profile: { name: HUGE } }])],
    ['a contact', messages([text('m', { from: '1' })], [{ wa_id: '1', more: WIDE }])],
    ['a status', statusBody(status('s', 'failed', { errors: [{ code: 1, title: HUGE }] }))],
    ["a status' name", statusBody(status('s', HUGE))],
    ["a status' member", statusBody(status('s', 'read', { recipient_participant_id: HUGE }))],
    ['an error', cloudBody('messages', { errors: [{ code: 1, title: HUGE }] })],
    ['a field', cloudBody(HUGE, {})],
    [
      'a new user id',
      cloudBody('user_id_update', {
        user_id_update: [{ user_id: { previous: 'US.1', current: HUGE } }],
      }),
    ],
  ])('(%s) is stored and forwarded whole, and known again', async (_name, body) => {
    await post(body);
    const event = await db.first<EventRow>(sql`select * from events`);
    if (event === undefined) throw new Error('no event');
    const forwarded = (await readContents(files, event)).body;
    expect(forwarded === JSON.stringify(body)).toBe(true);
    expect(await largestRowBytes()).toBeLessThan(D1_BYTES);
    expect(await post(body)).toBeUndefined();
  });

  it('fails our message all the same', async () => {
    const id = '8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';
    await db.run(sql`insert into messages (id, waba_id, chat, from_us, type, timestamp, payload)
      values (${id}, 's', '48', 1, 'text', 1, '{}')`);
    await post(statusBody(status('s', 'failed', { errors: [{ code: 131026, title: HUGE }] })));
    const row = await db.first<{ payload: string }>(sql`select payload from waba_errors`);
    expect(JSON.parse(row?.payload ?? '')).toMatchObject({
      id: 's',
      status: 'failed',
      errors: [{ code: 131026 }],
    });
    expect(await largestRowBytes()).toBeLessThan(D1_BYTES);
  });

  it('may be a thousand different fields', async () => {
    const changes = Array.from({ length: 1_000 }, (_, index) => ({
      field: `${index}${'x'.repeat(2_500)}`,
      value: {},
    }));
    await post({ entry: [{ changes }] });
    expect(await largestRowBytes()).toBeLessThan(D1_BYTES);
  });
});

describe("half a character, which JSON's escapes can write and UTF-8 cannot", () => {
  it.each<[string, object]>([
    ['a message id', messageBody('m\ud800', { type: 'text', text: { body: 'x' } })],
    ["a status' id", statusBody(status('s\udc00', 'sent'))],
  ])('in %s does not keep it from being known again', async (_name, body) => {
    expect(await post(body)).toBeDefined();
    expect(await post(body)).toBeUndefined();
  });

  it('in a name that is cut does not keep it from being stored', async () => {
    const name = `${'x'.repeat(999)}😀`;
    await post(messages([text('m', { from: '1' })], [{ wa_id: '1', profile: { name } }]));
    expect(await storedChats()).toMatchObject([{ wa_id: '1' }]);
    const row = await db.first<{ name: string }>(sql`select name from chats`);
    expect(row?.name.startsWith('x'.repeat(999))).toBe(true);
    expect(row?.name.isWellFormed()).toBe(true);
  });
});

describe('a contact nested deeper than the database reads', () => {
  it('does not keep the chat from moving', async () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const body = messages([text('m', { from: '48' })], [{ wa_id: '48', deep: 'HERE' }]);
    await post(JSON.stringify(body).replace('"HERE"', deep));
    const system = { type: 'user_changed_number', body: 'x', wa_id: '49' };
    await post(messages([{ from: '48', id: 's', timestamp: '6', type: 'system', system }]));
    expect(await storedChats()).toMatchObject([{ wa_id: '49', message_count: 2 }]);
  });
});
