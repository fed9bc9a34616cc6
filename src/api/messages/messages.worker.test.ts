import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import type { ApiMessage } from '../../inbox/messages/present-message.ts';
import {
  clearInbox,
  seedChat,
  seedMessages,
  seedUser,
  type SeedMessage,
} from '../../inbox/seed.test-support.ts';
import { ask, askList, ORIGIN } from '../reading.test-support.ts';

const ADA = '48111111111';
const BOB = '48222222222';
const CARA = 'US.13491208655302741918';
const MOVED = '48333333333';
const ADAS_OLDEST = '8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';

let admin: User;

async function textsOf(query: string, user = admin): Promise<string[]> {
  const { results } = await askList<ApiMessage>(user, `/messages/?${query}`);
  return results.map(textOf);
}

function textOf(message: ApiMessage): string {
  return (message.waba_payload['text'] as { body: string }).body;
}

function many(chat: string, count: number, timestamp: number, text: string): SeedMessage[] {
  return Array.from({ length: count }, () => ({ chat, timestamp, text }));
}

beforeAll(async () => {
  await clearInbox();
  admin = await seedUser('admin', { role: 'admin' });
  await seedChat(ADA, { name: 'Ada Lovelace', assignedUserId: admin.id });
  await seedChat(MOVED, { userId: 'US.777' });
  await seedMessages([
    { chat: ADA, timestamp: 100, text: 'a100', id: ADAS_OLDEST, wabaId: 'wamid.A100' },
    { chat: BOB, timestamp: 110, text: 'b110' },
    { chat: ADA, timestamp: 120, text: 'a120', fromUs: true, senderId: admin.id },
    { chat: CARA, timestamp: 120, text: 'c120' },
    // Arrives late: it belongs between those before it.
    { chat: ADA, timestamp: 105, text: 'a105', payload: { context: { id: 'wamid.A100' } } },
    { chat: MOVED, timestamp: 90, text: 'm90' },
  ]);
});

describe('the list of messages', () => {
  it('is newest first; of equal timestamps the one that came later', async () => {
    expect(await textsOf('')).toEqual(['c120', 'a120', 'b110', 'a105', 'a100', 'm90']);
  });

  it.each([
    [`wa_id=${ADA}`, ['a120', 'a105', 'a100']],
    [`wa_id=${CARA}`, ['c120']],
    ['wa_id=US.777', ['m90']],
    [`wa_id=%2B${ADA}`, ['a120', 'a105', 'a100']],
    [`wa_id=${ADA}/`, ['a120', 'a105', 'a100']],
    ['wa_id=49000', []],
    ['since_time=110', ['c120', 'a120', 'b110']],
    ['before_time=110', ['a105', 'a100', 'm90']],
    ['since_time=100&before_time=110', ['a105', 'a100']],
    ['from_us=true', ['a120']],
    [`from_us=0&wa_id=${ADA}`, ['a105', 'a100']],
    ['wa_id=&search=&since_time=&from_us=', ['c120', 'a120', 'b110', 'a105', 'a100', 'm90']],
    ['since_time=1&since_time=120', ['c120', 'a120']],
    ['limit=2&offset=1', ['a120', 'b110']],
    ['limit=nonsense&offset=-1', ['c120', 'a120', 'b110', 'a105', 'a100', 'm90']],
    ['offset=99', []],
  ])('keeps to ?%s', async (query, expected) => {
    expect(await textsOf(query)).toEqual(expected);
  });

  it('links to the neighbouring pages with everything else that was asked', async () => {
    const page = await askList(admin, `/messages/?wa_id=${ADA}&limit=1&offset=1`);
    expect(page).toMatchObject({
      count: 3,
      next: `${ORIGIN}/api/v1/messages/?wa_id=${ADA}&limit=1&offset=2`,
      previous: `${ORIGIN}/api/v1/messages/?wa_id=${ADA}&limit=1`,
    });
  });

  it('ends where the last page is full', async () => {
    const page = await askList(admin, `/messages/?wa_id=${ADA}&limit=3`);
    expect([page.results.length, page.next]).toEqual([3, null]);
  });

  it('shows a message with its customer, its sender and the one it replies to', async () => {
    const { results } = await askList<ApiMessage>(admin, `/messages/?wa_id=${ADA}`);
    const [sent, reply] = results;
    expect(sent).toMatchObject({ from_us: true, received: true, sender: { username: 'admin' } });
    expect(reply).toMatchObject({
      from_us: false,
      received: false,
      sender: null,
      customer_wa_id: ADA,
      contact: { wa_id: ADA, initials: 'AL', last_message_timestamp: 105 },
      context: { id: ADAS_OLDEST, context: null },
      waba_statuses: { sent: null, delivered: null, read: null },
    });
  });

  it.each([
    ['since_time=abc', { since_time: ['A valid integer is required.'] }],
    ['before_time=1.5', { before_time: ['A valid integer is required.'] }],
    [`since_time=1${'0'.repeat(40)}`, { since_time: ['A valid integer is required.'] }],
    ['from_us=perhaps', { from_us: ['Must be a valid boolean.'] }],
    ['mark_as_received=perhaps', { mark_as_received: ['Must be a valid boolean.'] }],
    ['search=a%00b', { search: ['Null characters are not allowed.'] }],
    ['wa_id=%00', { wa_id: ['Null characters are not allowed.'] }],
  ])('refuses ?%s by field', async (query, problems) => {
    expect(await ask(admin, `/messages/?${query}`)).toEqual({
      status: 400,
      body: { ...problems, reason: expect.any(String) },
    });
  });

  it('counts a thousand where no total is kept, and never says fewer than paging reaches', async () => {
    const user = await seedUser('counter', { canReadChats: 'group' }, [1]);
    await seedChat('491', { assignedGroupId: 1 });
    await seedMessages(
      Array.from({ length: 1_010 }, (_, index) => ({ chat: '491', timestamp: 1_000 + index })),
    );
    const paths = ['since_time=1000&wa_id=491', 'search=hello&since_time=1000'];
    for (const [who, query] of [
      ...paths.map((path) => [admin, path] as const),
      [user, ''] as const,
    ]) {
      const page = await askList(who, `/messages/?${query}&limit=5&offset=1000`);
      expect([page.results.length, page.next === null]).toEqual([5, false]);
      expect(page.count).toBeGreaterThanOrEqual(1_010);
      const first = await askList(who, `/messages/?${query}&limit=5`);
      expect(first.count).toBe(page.count);
      const last = await askList(who, `/messages/?${query}&limit=5&offset=1005`);
      expect([last.count, last.results.length, last.next]).toEqual([1_010, 5, null]);
    }
    const whole = await askList(admin, '/messages/?wa_id=491&limit=1');
    expect(whole.count).toBe(1_010);
    expect((await askList(admin, '/messages/?limit=1')).count).toBe(1_016);
  });
});

describe('mark_as_received', () => {
  it('marks what is returned, for the caller alone, and says what was fresh before', async () => {
    const [reader, other] = [await seedUser('reader'), await seedUser('other', { role: 'app' })];
    const path = `/messages/?wa_id=${ADA}&before_time=101`;
    const received = async (user: User, extra = ''): Promise<boolean[]> => {
      const { results } = await askList<ApiMessage>(user, path + extra);
      return results.map((message) => message.received);
    };
    expect(await received(reader, '&mark_as_received=1')).toEqual([false]);
    expect(await received(reader, '&mark_as_received=true')).toEqual([true]);
    expect(await received(other)).toEqual([false]);
    const { results } = await askList<ApiMessage>(reader, `/messages/?wa_id=${ADA}`);
    expect(results.map((message) => message.received)).toEqual([true, false, true]);
  });
});

describe('one message', () => {
  it.each([ADAS_OLDEST, ADAS_OLDEST.toUpperCase(), 'wamid.A100'])('is found by %s', async (id) => {
    const { status, body } = await ask(admin, `/messages/${id}/`);
    expect([status, body['id']]).toEqual([200, ADAS_OLDEST]);
  });

  it.each([
    [ADA, 3],
    [CARA, 1],
    ['US.777', 1],
  ])("is a page of a customer's messages for %s", async (id, count) => {
    const page = await askList<ApiMessage>(admin, `/messages/${id}/?limit=1`);
    expect([page.count, page.results.length]).toEqual([count, 1]);
  });

  it.each([
    'abc',
    '-1',
    '0',
    '%00',
    '%zz',
    "'",
    '9'.repeat(40),
    '00000000-0000-0000-0000-000000000000',
  ])('is not found by %s', async (id) => {
    expect(await ask(admin, `/messages/${id}/`)).toEqual({
      status: 404,
      body: { detail: 'Not found.' },
    });
  });

  it('is not found by an id of five thousand characters', async () => {
    expect(await ask(admin, `/messages/${'x'.repeat(5_000)}/`)).toMatchObject({ status: 404 });
  });
});

describe('search', () => {
  const [DORA, EVE] = ['48444444444', '48555555555'];

  beforeAll(async () => {
    const texts = [
      'Zażółć gęślą jaźń',
      'say "quoted" OR not',
      '你好世界',
      'Да, приВЕТ!',
      '100% {a} * ^b -c',
    ];
    await seedMessages([
      ...texts.map((text, index) => ({ chat: DORA, timestamp: 200 + index, text })),
      { chat: EVE, timestamp: 203, text: 'Say Hi 👋🏽', fromUs: true },
    ]);
  });

  it.each([
    ['gęślą', ['Zażółć gęślą jaźń']],
    ['GĘŚLĄ JAŹŃ', ['Zażółć gęślą jaźń']],
    ['привет', ['Да, приВЕТ!']],
    ['世界', ['你好世界']],
    ['好世界', ['你好世界']],
    ['да', ['Да, приВЕТ!']],
    ['ДА', ['Да, приВЕТ!']],
    ['👋', ['Say Hi 👋🏽']],
    ['hi', ['Say Hi 👋🏽']],
    ['  say  ', ['say "quoted" OR not', 'Say Hi 👋🏽'].toReversed()],
    ['"quoted" OR', ['say "quoted" OR not']],
    ['"', ['say "quoted" OR not']],
    ['OR NOT', ['say "quoted" OR not']],
    ['{a} * ^b -c', ['100% {a} * ^b -c']],
    ['0%', ['100% {a} * ^b -c']],
    ["'; drop", []],
    ['text:say', []],
    ['x'.repeat(300), []],
  ])('finds %s anywhere in a text, whatever the case', async (phrase, expected) => {
    expect(await textsOf(`search=${encodeURIComponent(phrase)}`)).toEqual(expected);
  });

  it.each([
    ['say', `wa_id=${DORA}`, ['say "quoted" OR not']],
    ['ay', `wa_id=${DORA}`, ['say "quoted" OR not']],
    ['say', 'from_us=1', ['Say Hi 👋🏽']],
    ['say', 'since_time=202', ['Say Hi 👋🏽']],
    ['say', 'before_time=203', ['say "quoted" OR not']],
    ['ay', 'before_time=203', ['say "quoted" OR not']],
    ['say', 'limit=1&offset=1', ['say "quoted" OR not']],
    ['say', 'before_time=1', []],
  ])('for %s goes with %s', async (phrase, query, expected) => {
    expect(await textsOf(`search=${phrase}&${query}`)).toEqual(expected);
  });

  it('finds the newest first where thousands of older ones arrived after it', async () => {
    await seedMessages([
      { chat: EVE, timestamp: 19_000, text: 'late arrivals, the newest' },
      ...many(DORA, 1_100, 15_000, 'late arrivals'),
    ]);
    const [newest, older] = await textsOf('search=late%20arrivals&limit=2');
    expect([newest, older]).toEqual(['late arrivals, the newest', 'late arrivals']);
    expect(await textsOf('search=late%20arrivals&limit=1&before_time=15001')).toEqual([
      'late arrivals',
    ]);
    expect(await textsOf('search=late%20arrivals&limit=1&since_time=19001')).toEqual([]);
  });

  describe('for a phrase that thousands of later messages have', () => {
    beforeAll(async () => {
      await seedMessages([
        { chat: EVE, timestamp: 20_000, text: 'good Morning, eve' },
        ...many(DORA, 2_100, 20_010, 'something else'),
        ...many(DORA, 5_100, 30_000, 'good morning'),
      ]);
    });

    it.each([`wa_id=${EVE}`, 'before_time=20100'])('finds an early one with %s', async (query) => {
      expect(await textsOf(`search=good%20morning&${query}`)).toEqual(['good Morning, eve']);
    });
  });
});
