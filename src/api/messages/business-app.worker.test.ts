import { sql, type SQL } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../ingest/ingest.ts';
import {
  messages,
  NOW,
  post,
  stack,
  storedChats,
  text,
  wabaRequest,
} from '../../ingest/post-body.test-support.ts';
import { cloudBody } from '../../ingest/sample-bodies.test-support.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { call, tokenFor } from '../api.test-support.ts';

const OWN = '15550000001';
const ADA = '48600100200';
const BEN = '48600100300';
const TABLES =
  'events messages chats marks media messages_search chats_search statuses unread_views';

let token: string;

beforeAll(async () => {
  token = await tokenFor('admin', 'admin');
});

beforeEach(async () => {
  for (const table of TABLES.split(' ')) await stack.db.run(sql.raw(`delete from ${table}`));
  await stack.db.run(sql`update counters set value = 0`);
});

async function get(path: string): Promise<unknown> {
  return (await call('GET', `/api/v1/${path}`, { token })).body;
}

interface Told {
  kind: string;
  body: string | null;
  extended: object;
  incoming: string;
  chats: string;
}

async function events(): Promise<Told[]> {
  const rows = await stack.db.all<Omit<Told, 'extended'> & { extended: string }>(
    sql`select kind, body, extended, incoming, chats from events order by seq`,
  );
  return rows.map((row) => ({ ...row, extended: JSON.parse(row.extended) }));
}

function echo(...items: object[]): object {
  return cloudBody('smb_message_echoes', { message_echoes: items });
}

describe('an echo of the WhatsApp Business app', () => {
  it.each([
    ['as it is documented', { from: OWN, to: ADA }],
    ['with its two ends the other way round', { from: ADA, to: OWN }],
  ])('is told of as a message of ours, without a sender (%s)', async (_name, ends) => {
    const body = echo({ ...text('wamid.e', ends, 'from the phone') });
    await post(body);
    expect(await post(body)).toBeUndefined();
    const sent = {
      customer_wa_id: ADA,
      from_us: true,
      sender: null,
      origin: 'business_app',
      waba_payload: { id: 'wamid.e', text: { body: 'from the phone' } },
    };
    expect(await events()).toMatchObject([
      { kind: 'outgoing', body: null, extended: { outgoing_messages: [sent] } },
      { kind: 'waba', body: JSON.stringify(body), extended: {}, incoming: '[]' },
    ]);
    expect(await get(`messages/?wa_id=${ADA}`)).toMatchObject({ count: 1, results: [sent] });
  });

  it('is one event with the others of its body, beside the one of what customers wrote', async () => {
    const items = [text('e1', { from: OWN, to: ADA }), text('e2', { from: OWN, to: BEN })];
    const entry = [echo(...items), messages([text('m1', { from: ADA })])].flatMap((one) =>
      Reflect.get(one, 'entry'),
    );
    const written = await post({ object: 'whatsapp_business_account', entry });
    const [outgoing, waba] = await events();
    expect(outgoing).toMatchObject({
      kind: 'outgoing',
      extended: { outgoing_messages: [{ customer_wa_id: ADA }, { customer_wa_id: BEN }] },
    });
    expect(JSON.parse(outgoing?.chats ?? '')).toMatchObject([{ wa_id: ADA }, { wa_id: BEN }]);
    expect(Object.keys(waba?.extended ?? {})).toEqual([
      'contacts',
      'messages',
      'incoming_messages',
    ]);
    expect(written?.seq).toBe(2);
  });
});

function history(...threads: [string, object[]][]): object {
  return cloudBody('history', {
    history: [
      {
        metadata: { phase: 0, chunk_order: 1, progress: 55 },
        threads: threads.map(([id, items]) => ({ id, messages: items })),
      },
    ],
  });
}

function past(id: string, from: string, status: string, body = `past ${id}`): object {
  return { ...text(id, { from }, body), history_context: { status } };
}

describe('the history of a number', () => {
  it('lands in the inbox, each message on its side, and is told of by its body alone', async () => {
    const body = history(
      [ADA, [past('h1', ADA, 'READ'), past('h2', OWN, 'DELIVERED'), past('h3', OWN, 'ERROR')]],
      [`+${BEN}`, [past('h4', BEN, 'PENDING')]],
    );
    const written = await post(body);
    expect(written).toMatchObject({ hasIncoming: false });
    expect(await post(body)).toBeUndefined();
    expect(await events()).toEqual([
      { kind: 'waba', body: JSON.stringify(body), extended: {}, incoming: '[]', chats: '[]' },
    ]);
    expect(await get(`messages/?wa_id=${ADA}`)).toMatchObject({
      results: [
        { from_us: true, is_failed: true, origin: 'history' },
        {
          from_us: true,
          is_failed: false,
          waba_statuses: { sent: 5, delivered: 5, read: null },
        },
        { from_us: false, received: true, origin: 'history', sender: null },
      ],
    });
    expect(await get('chats/')).toMatchObject({
      count: 2,
      results: [{ new_messages: 0 }, { new_messages: 0 }],
    });
    expect(await get('chats/?unread=true')).toMatchObject({ results: [] });
    expect(await get('messages/?search=past%20h4')).toMatchObject({
      results: [{ customer_wa_id: BEN }],
    });
  });

  it('opens no chat that is resolved, and leaves what is unread as it was', async () => {
    await post(messages([text('m1', { from: ADA })]));
    await stack.db.run(sql`update chats set resolved = 1`);
    await post(history([ADA, [past('h1', ADA, 'READ'), past('h2', ADA, 'READ')]]));
    await post(messages([text('m2', { from: ADA })]));
    expect(await get(`chats/${ADA}/`)).toMatchObject({ new_messages: 2 });
    expect((await events()).map(({ kind }) => kind)).toEqual(['waba', 'waba', 'resolved', 'waba']);
  });

  it('gets the files of messages whose place was held, in whatever order', async () => {
    const held = { from: ADA, timestamp: '5', type: 'media_placeholder' };
    const image = { id: '77', mime_type: 'image/jpeg', caption: 'zebra' };
    const media = (id: string): object =>
      cloudBody('history', { messages: [{ from: ADA, id, timestamp: '5', type: 'image', image }] });
    await post(history([ADA, [{ ...held, id: 'h1' }]]));
    const written = await post(media('h1'));
    expect(written?.mediaIds).toHaveLength(1);
    const late = await post(media('h2'));
    expect(late?.mediaIds).toHaveLength(1);
    await post(history([ADA, [{ ...held, id: 'h2' }]]));
    const shown = { waba_payload: { type: 'image', image: { link: expect.any(String) } } };
    expect(await get('messages/?search=zebra')).toMatchObject({ results: [shown, shown] });
    expect(await get('messages/')).toMatchObject({ count: 2 });
  });

  it('of six thousand messages takes a few statements more than one of two hundred, for its size', async () => {
    const threads = Array.from({ length: 60 }, (_, thread): [string, object[]] => [
      String(48_600_000 + thread),
      Array.from({ length: 100 }, (_item, index) =>
        past(`h${thread}.${index}`, String(48_600_000 + thread), 'READ'),
      ),
    ]);
    const batches: number[] = [];
    const counting: StackContext = {
      ...stack,
      db: new Proxy(stack.db, {
        get: (db, name) =>
          name === 'batch'
            ? (queries: readonly SQL[]) => {
                batches.push(queries.length);
                return db.batch(queries);
              }
            : Reflect.get(db, name, db),
      }),
    };
    const take = (body: object) => ingest(wabaRequest(body), counting, NOW);
    await take(history(...threads.slice(0, 2)));
    await take(history(...threads));
    const [read, write = 0, readMany, writeMany] = batches;
    expect(batches).toHaveLength(4);
    expect(readMany).toBe(read);
    // A statement of a table's takes so many megabytes of rows as a bound value holds.
    expect(writeMany).toBeLessThanOrEqual(2 * write);
    expect(await get('messages/?wa_id=48600059&limit=1')).toMatchObject({ count: 100 });
    expect(await stack.db.first(sql`select value from counters where name = 'messages'`)).toEqual({
      value: 6000,
    });
  });

  it.each([
    ['declined', { history: [{ errors: [{ code: 2593109, title: 'declined' }] }] }],
    ['of no list', { history: { threads: 1 } }],
    [
      'of threads that are none',
      { history: [{ threads: ['x', { id: 5 }, { messages: [1, {}] }] }] },
    ],
  ])('%s is forwarded, and harms nothing', async (_name, value) => {
    expect(await post(cloudBody('history', value))).toBeDefined();
    expect(await storedChats()).toEqual([]);
  });
});

describe("the names in the contacts of the business' phone", () => {
  const word = (phone: string, name: string, action = 'add', at = '1'): object => ({
    type: 'contact',
    action,
    contact: { full_name: name, first_name: name.split(' ')[0], phone_number: phone },
    metadata: { timestamp: at },
  });
  const sync = (...words: object[]): object =>
    cloudBody('smb_app_state_sync', { state_sync: words });

  it('are those of its customers, known or not, whatever they call themselves', async () => {
    await post(messages([text('m1', { from: ADA })], [{ wa_id: ADA, profile: { name: 'adaaa' } }]));
    const body = sync(word(`+${ADA}`, 'Ada Lovelace'), word('+48 600-100-300', 'Ben Nevis'));
    await post(body);
    expect(await post(body)).toBeUndefined();
    await post(messages([text('m2', { from: ADA })], [{ wa_id: ADA, profile: { name: 'adaaa' } }]));
    const ada = { waba_payload: { profile: { name: 'Ada Lovelace' } }, initials: 'AL' };
    expect(await get(`persons/${ADA}/`)).toMatchObject(ada);
    expect(await get(`persons/${BEN}/`)).toMatchObject({ initials: 'BN', wa_id: BEN });
    expect(await get('persons/?search=ben%20nev')).toMatchObject({ results: [{ wa_id: BEN }] });
    expect(await get('chats/')).toMatchObject({ results: [{ wa_id: ADA, new_messages: 2 }] });
    expect((await events()).map(({ extended }) => Object.keys(extended).length)).toEqual([3, 0, 3]);
  });

  it('go when they are removed there: by the time that stands with each', async () => {
    await post(sync(word(ADA, '', 'remove', '3'), word(ADA, 'Ada Lovelace', 'add', '2')));
    await post(messages([text('m1', { from: ADA })], [{ wa_id: ADA, profile: { name: 'adaaa' } }]));
    expect(await get(`persons/${ADA}/`)).toMatchObject({
      waba_payload: { profile: { name: 'adaaa' } },
    });
  });
});
