import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readContents, type EventRow } from '../events/event.ts';
import {
  counter,
  emptyStack,
  messages,
  NOW,
  post,
  postTogether,
  stack,
  storedChats,
  text,
} from './post-body.test-support.ts';
import { cloudBody, messageBody } from './sample-bodies.test-support.ts';

const { db, files } = stack;

beforeEach(emptyStack);

async function eventCount(): Promise<number | undefined> {
  return (await db.first<{ n: number }>(sql`select count(*) as n from events`))?.n;
}

function tenAtOnce<Result>(work: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: 10 }, (_, index) => work(index)));
}

describe.each([
  ['stored each by itself', post],
  ['stored together', postTogether],
])('bodies that come at once, %s,', (_, take) => {
  it('without ids, ten times the same, are one event', async () => {
    const body = cloudBody('account_update', { event: 'PARTNER_ADDED' }, false);
    const written = await tenAtOnce(() => take(body));
    expect(written.filter((result) => result !== undefined)).toHaveLength(1);
    expect(await eventCount()).toBe(1);
  });

  it('with ten messages of one new customer count one chat', async () => {
    await tenAtOnce((index) =>
      take(messageBody(`m${index}`, { type: 'text', text: { body: 'x' } })),
    );
    expect([await counter('chats'), await counter('messages')]).toEqual([1, 10]);
  });

  it('of messages and their edits leave every message in its new form, found by that alone', async () => {
    const edit = (index: number): object => ({
      from: '48',
      id: `e${index}`,
      timestamp: '9',
      type: 'edit',
      edit: {
        original_message_id: `m${index}`,
        message: { type: 'text', text: { body: 'zebra' } },
      },
    });
    await tenAtOnce((index) =>
      Promise.all([
        take(messages([text(`m${index}`, { from: '48' }, 'giraffe')])),
        take(messages([edit(index)])),
      ]),
    );
    const rows = await db.all(
      sql`select type, edited_at, search_text, count(*) as count from messages group by 1, 2, 3 order by 1`,
    );
    expect(rows).toEqual([
      { type: 'edit', edited_at: null, search_text: null, count: 10 },
      { type: 'text', edited_at: 9, search_text: 'zebra', count: 10 },
    ]);
    const hits = await db.all(
      sql`select rowid from messages_search where messages_search match 'zebra'`,
    );
    const old = await db.all(
      sql`select rowid from messages_search where messages_search match 'giraffe'`,
    );
    expect([hits.length, old.length]).toEqual([10, 0]);
  });

  it('with and without the contact leave the name', async () => {
    const contact = { wa_id: '48', profile: { name: 'Ada' } };
    await tenAtOnce((index) =>
      take(messages([text(`m${index}`, { from: '48' })], index === 3 ? [contact] : [])),
    );
    const row = await db.first<{ name: string; contact: string }>(sql`select * from chats`);
    expect([row?.name, JSON.parse(row?.contact ?? '')]).toEqual(['Ada', contact]);
    expect(await counter('chats')).toBe(1);
  });

  it('with one user id for ten numbers are all stored', async () => {
    await tenAtOnce((index) =>
      take(messages([text(`m${index}`, { from: `48${index}`, from_user_id: 'US.1' })])),
    );
    expect(await counter('messages')).toBe(10);
    const counts = await db.first(sql`select sum(inbound_count) as incoming from chats`);
    expect(counts).toEqual({ incoming: 10 });
    expect(await db.all(sql`select user_id from chats where user_id is not null`)).toEqual([
      { user_id: 'US.1' },
    ]);
  });
});

describe('a body whose items can never be stored', () => {
  const body = messages([text('m', { from: '666' })]);

  beforeEach(async () => {
    await db.run(sql`create trigger refuse before insert on messages when new.chat = '666'
      begin select raise(abort, 'UNIQUE constraint failed: messages.test'); end`);
  });

  afterEach(async () => {
    await db.run(sql`drop trigger refuse`);
  });

  it('is stored and forwarded without them, and known again', async () => {
    const written = await post(body);
    const event = await db.first<EventRow>(sql`select * from events`);
    expect(event).toMatchObject({ seq: written?.seq, fields: '["messages"]', incoming: '[]' });
    if (event === undefined) throw new Error('no event');
    const contents = await readContents(files, event);
    expect(contents).toEqual({ body: JSON.stringify(body), extended: {} });
    expect(await storedChats()).toEqual([]);
    expect(await post(body)).toBeUndefined();
    expect(await eventCount()).toBe(1);
  });

  it.each([
    ['', post],
    [', stored together', postTogether],
  ])('is stored once when it comes ten times at once%s', async (_, take) => {
    const written = await tenAtOnce(() => take(body, NOW));
    expect(written.filter((result) => result !== undefined)).toHaveLength(1);
    expect(await eventCount()).toBe(1);
  });

  it('takes no other with it that is stored together with it', async () => {
    const others = Array.from({ length: 5 }, (_, index) => `m${index}`);
    await Promise.all([
      postTogether(body),
      ...others.map((id) => postTogether(messages([text(id, { from: '49' })]))),
    ]);
    const stored = await db.all<{ waba_id: string }>(sql`select waba_id from messages order by 1`);
    expect(stored.map((row) => row.waba_id)).toEqual(others);
    expect(await eventCount()).toBe(6);
  });
});
