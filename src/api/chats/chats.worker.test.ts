import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import type { Person } from '../../inbox/chats/person.ts';
import type { ApiChat } from '../../inbox/chats/present-chats.ts';
import { clearInbox, seedChat, seedMessages, seedUser } from '../../inbox/seed.test-support.ts';
import { ask, askList, ORIGIN } from '../reading.test-support.ts';

const ADA = '48111111111';
const BOB = '48222222222';
const CARA = 'US.13491208655302741918';
const SILENT = '48444444444';

let admin: User;

beforeAll(async () => {
  await clearInbox();
  admin = await seedUser('admin', { role: 'admin' });
  await seedChat(ADA, { name: 'Ada Lovelace', userId: 'US.777', assignedUserId: admin.id });
  await seedChat(BOB, { name: '小明 Ünal', assignedGroupId: 2 });
  await seedMessages([
    { chat: ADA, timestamp: 100, text: 'first' },
    { chat: ADA, timestamp: 130, text: 'second' },
    { chat: BOB, timestamp: 110, text: 'from Bob' },
    { chat: BOB, timestamp: 120, text: 'to Bob', fromUs: true, senderId: admin.id },
    { chat: CARA, timestamp: 110 },
  ]);
  await seedChat(SILENT, { name: 'Silent Sam' });
});

async function keysOf(path: string): Promise<string[]> {
  const { results } = await askList<{ wa_id: string }>(admin, path);
  return results.map((item) => item.wa_id);
}

describe('the list of chats', () => {
  it('has those with messages, the newest first', async () => {
    expect(await keysOf('/chats/')).toEqual([ADA, BOB, CARA]);
  });

  it('shows a chat with its customer, its last message and whose it is', async () => {
    const { results } = await askList<ApiChat>(admin, '/chats/?limit=2');
    expect(results).toMatchObject([
      {
        wa_id: ADA,
        new_messages: 2,
        contact: { wa_id: ADA, initials: 'AL', last_message_timestamp: 130 },
        last_message: {
          from_us: false,
          received: false,
          waba_payload: { text: { body: 'second' } },
        },
        assigned_to_user: { id: admin.id, url: `${ORIGIN}/api/v1/users/${admin.id}/` },
        assigned_group: null,
        tags: [],
      },
      {
        wa_id: BOB,
        new_messages: 1,
        last_message: { from_us: true, sender: { username: 'admin' }, contact: { wa_id: BOB } },
        assigned_to_user: null,
        assigned_group: { id: 2, name: 'Admin' },
      },
    ]);
  });

  it('goes on from page to page', async () => {
    const page = await askList<ApiChat>(admin, '/chats/?limit=1&offset=1');
    expect(page).toMatchObject({
      next: `${ORIGIN}/api/v1/chats/?limit=1&offset=2`,
      previous: `${ORIGIN}/api/v1/chats/?limit=1`,
      results: [{ wa_id: BOB }],
    });
    const last = await askList<ApiChat>(admin, '/chats/?limit=1&offset=2');
    expect([last.next, last.results.length]).toEqual([null, 1]);
  });

  it.each([
    ['lovelace', [ADA]],
    ['481111', [ADA]],
    ['小明', [BOB]],
    ['ünal', [BOB]],
    ['ÜN', [BOB]],
    ['48', [ADA, BOB]],
    ['us.1349', [CARA]],
    ['sam', []],
    ['"', []],
    ['', [ADA, BOB, CARA]],
  ])('searches numbers and names for %s', async (phrase, expected) => {
    expect(await keysOf(`/chats/?search=${encodeURIComponent(phrase)}`)).toEqual(expected);
  });

  it('counts what a search finds', async () => {
    expect(await askList(admin, '/chats/?search=482&limit=1')).toMatchObject({ count: 1 });
  });

  it('finds the newest of more chats than the index is asked for', async () => {
    await seedMessages(
      Array.from({ length: 1_100 }, (_, index) => ({
        chat: `77${10_000 + index}`,
        timestamp: 10 + (index % 7),
      })),
    );
    const newest = '7711500';
    await seedMessages([{ chat: newest, timestamp: 50 }]);
    const page = await askList<ApiChat>(admin, '/chats/?search=771&limit=1');
    expect(page).toMatchObject({ results: [{ wa_id: newest }] });
    expect(page.count).toBeGreaterThanOrEqual(1_101);
    const all = await askList<ApiChat>(admin, '/chats/?limit=1');
    expect(all.count).toBe(1_105);
  });
});

describe('one chat', () => {
  it.each([ADA, 'US.777'])(
    'is found by its number and by the user id it had before: %s',
    async (key) => {
      const { status, body } = await ask(admin, `/chats/${key}/`);
      expect([status, body['wa_id'], body['new_messages']]).toEqual([200, ADA, 2]);
    },
  );

  it('without messages has no last one', async () => {
    const { body } = await ask(admin, `/chats/${SILENT}/`);
    expect(body).toMatchObject({ last_message: null, new_messages: 0 });
  });
});

describe('persons', () => {
  it('are all customers, those heard of last first', async () => {
    expect((await keysOf('/persons/')).slice(0, 3)).toEqual([ADA, BOB, CARA]);
    expect(await keysOf('/persons/?search=silent')).toEqual([SILENT]);
  });

  it('are shown as WhatsApp described them', async () => {
    const { results } = await askList<Person>(admin, '/persons/?search=ada');
    const ada = {
      wa_id: ADA,
      waba_payload: { profile: { name: 'Ada Lovelace' }, wa_id: ADA },
      initials: 'AL',
      last_message_timestamp: 130,
      messaging_window_expires_at: 130 + 24 * 60 * 60,
      resolved: false,
    };
    expect(results).toEqual([ada]);
    expect(await ask(admin, `/persons/${ADA}/`)).toEqual({ status: 200, body: ada });
  });
});

describe.each(['chats', 'persons'])('an id that is none, below /%s/', (resource) => {
  it.each(['49000', 'abc', '-1', '9'.repeat(41), '%00', '%ff', "'or'1", 'x'.repeat(3_000)])(
    'is not found: %#',
    async (id) => {
      expect(await ask(admin, `/${resource}/${id}/`)).toEqual({
        status: 404,
        body: { detail: 'Not found.' },
      });
    },
  );
});
