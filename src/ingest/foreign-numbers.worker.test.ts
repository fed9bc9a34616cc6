import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { framesFor } from '../stack/sockets/event-frames.ts';
import { readPage } from '../stack/sockets/event-page.ts';
import { keepNumberId, learnNumberId } from '../inbox/profile/own-number-id.ts';
import { ingest } from './ingest.ts';
import {
  emptyStack,
  NOW,
  post,
  postTogether,
  stack,
  wabaRequest,
} from './post-body.test-support.ts';

const { db } = stack;
const OWN = '106540352242922';
const OTHER = '777000777';
const READER = { userId: 1, isAdmin: true, canReadChats: 'all', groupIds: [] } as const;

/** WABA's answer of its health. */
function health(...ids: string[]): object {
  const entities = ids.map((id) => ({ entity_type: 'PHONE_NUMBER', id }));
  return { health_status: { entities: [...entities, { entity_type: 'WABA', id: '1' }] } };
}

/** A change with a text to a number. */
function change(numberId: string, id: string, from: string): object {
  return {
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550009999', phone_number_id: numberId },
      contacts: [{ profile: { name: 'Ada' }, wa_id: from }],
      messages: [{ from, id, timestamp: '5', type: 'text', text: { body: 'x' } }],
    },
  };
}

const body = (...changes: object[]): string =>
  JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes }] });

const FOREIGN = body(change(OTHER, 'wamid.f', '4900000001'));

async function chats(): Promise<unknown[]> {
  return (await db.all<{ wa_id: string }>(sql`select wa_id from chats order by 1`)).map(
    ({ wa_id: waId }) => waId,
  );
}

function counted(): Promise<unknown[]> {
  return db.all(sql`select phone_number_id, bodies from foreign_numbers order by 1`);
}

let lines: string[];

beforeEach(async () => {
  await emptyStack();
  for (const table of ['foreign_numbers', 'business_profile', 'refreshes'])
    await db.run(sql.raw(`delete from ${table}`));
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([
  ['stored by itself', post],
  ['stored together with others', postTogether],
])('a body for another number, %s,', (_, take) => {
  beforeEach(() => keepNumberId(stack, health(OWN)));

  it('makes no chat and no message, is forwarded as it is, and counted', async () => {
    const written = await take(FOREIGN);
    expect(written).toMatchObject({ seq: expect.any(Number), hasIncoming: false });
    expect(await chats()).toEqual([]);
    expect(await db.all(sql`select 1 from messages`)).toEqual([]);
    const [event] = await db.all(sql`select body, fields, extended, chats from events`);
    expect(event).toEqual({
      body: FOREIGN,
      fields: '["foreign_number","messages"]',
      extended: '{}',
      chats: '[]',
    });
    expect(await counted()).toEqual([{ phone_number_id: OTHER, bodies: 1 }]);
    expect(lines.join()).toContain(`"foreign_number"`);
    expect(lines.join()).toContain(OTHER);
  });

  it('is known again when it is redelivered', async () => {
    await take(FOREIGN);
    expect(await take(FOREIGN)).toBeUndefined();
    expect(await counted()).toEqual([{ phone_number_id: OTHER, bodies: 1 }]);
  });

  it('is stored in part where a part of it is for this one', async () => {
    const mixed = body(
      change(OTHER, 'wamid.f', '4900000001'),
      change(OWN, 'wamid.o', '4900000002'),
    );
    await take(mixed);
    expect(await chats()).toEqual(['4900000002']);
    expect(await db.all(sql`select waba_id from messages`)).toEqual([{ waba_id: 'wamid.o' }]);
    const { events } = await readPage(stack, 0);
    expect(events.map((event) => event.body)).toEqual([mixed]);
    expect(events[0]?.extended.messages).toMatchObject([{ id: 'wamid.o' }]);
  });

  it('is not shown to websockets, but for what is for this one', async () => {
    await take(FOREIGN);
    await take(body(change(OTHER, 'wamid.g', '4900000001'), change(OWN, 'wamid.o', '4900000002')));
    const { events } = await readPage(stack, 0);
    const frames = events.flatMap((event) => framesFor(READER, event));
    expect(frames).toHaveLength(1);
    expect(frames[0]).toContain('wamid.o');
    expect(frames[0]).toContain(OWN);
    expect(frames.join()).not.toContain('wamid.g');
    expect(frames.join()).not.toContain(OTHER);
  });
});

describe('what is for this number alone', () => {
  it('is stored as ever, and nothing is counted', async () => {
    await keepNumberId(stack, health(OWN));
    await post(body(change(OWN, 'wamid.o', '4900000002')));
    expect(await chats()).toEqual(['4900000002']);
    expect(await counted()).toEqual([]);
    const [event] = await db.all(sql`select fields, digest from events`);
    expect(event).toEqual({ fields: '["messages"]', digest: null });
  });
});

describe('a body for any number is stored', () => {
  it.each([
    ['while WABA has not named this one', undefined],
    ['where its answer names none', health()],
    ['where its answer names several', health(OWN, OTHER)],
  ])('%s', async (_, answer) => {
    if (answer !== undefined) await keepNumberId(stack, answer);
    await post(FOREIGN);
    expect(await chats()).toEqual(['4900000001']);
  });

  it('once the answer names none any more', async () => {
    await keepNumberId(stack, health(OWN));
    await keepNumberId(stack, health());
    await post(FOREIGN);
    expect(await chats()).toEqual(['4900000001']);
  });

  it('with another key than the one that named the number, and WABA is asked again', async () => {
    await db.run(sql`insert into refreshes (kind, next_at) values ('webhook', 9e12)`);
    await keepNumberId(
      { ...stack, config: { ...stack.config, d360ApiKey: 'former' } },
      health(OWN),
    );
    await post(FOREIGN);
    expect(await chats()).toEqual(['4900000001']);
    expect(await db.all(sql`select next_at from refreshes`)).toEqual([{ next_at: NOW }]);
  });

  it('where the setting asks for it', async () => {
    await keepNumberId(stack, health(OWN));
    const config = { ...stack.config, foreignNumbers: 'store' as const };
    await ingest(wabaRequest(FOREIGN), { ...stack, config }, NOW);
    expect(await chats()).toEqual(['4900000001']);
    expect(await counted()).toEqual([]);
  });
});

describe('WABA', () => {
  it('is asked again which number it is when a body is for another, at most every ten minutes', async () => {
    await keepNumberId(stack, health(OWN));
    await db.run(
      sql`insert into refreshes (kind, next_at, refreshed_at) values ('webhook', 9e12, ${NOW - 60_000})`,
    );
    await post(FOREIGN);
    expect(await db.all(sql`select next_at from refreshes`)).toEqual([{ next_at: 9e12 }]);
    await db.run(sql`update refreshes set refreshed_at = ${NOW - 11 * 60_000}`);
    await post(body(change(OTHER, 'wamid.g', '4900000001')));
    expect(await db.all(sql`select next_at from refreshes`)).toEqual([{ next_at: NOW }]);
  });

  it.each([
    ['does not answer', () => Promise.reject(new Error('refused'))],
    ['answers with an error', () => Promise.resolve(Response.json({}, { status: 500 }))],
  ])('that %s changes nothing of what is known', async (_, answer) => {
    await keepNumberId(stack, health(OWN));
    vi.spyOn(globalThis, 'fetch').mockImplementation(answer);
    await learnNumberId(stack);
    await post(FOREIGN);
    expect(await chats()).toEqual([]);
  });
});
