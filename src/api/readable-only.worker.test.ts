import { beforeAll, describe, expect, it } from 'vitest';
import type { Scope, User } from '../auth/user.ts';
import { clearInbox, seedChat, seedMessages, seedUser } from '../inbox/seed.test-support.ts';
import { ask, askList } from './reading.test-support.ts';

const MINE = '48000000001';
const MY_GROUPS = '48000000002';
const ANOTHERS = '48000000003';
const ANOTHER_GROUPS = '48000000004';
const NOBODYS = '48000000005';
const ALL = [MINE, MY_GROUPS, ANOTHERS, ANOTHER_GROUPS, NOBODYS];

/** What each scope covers. Admins are bound by theirs like everyone else. */
const SCOPES: [Scope, string[]][] = [
  ['all', ALL],
  ['group', [MINE, MY_GROUPS]],
  ['user', [MINE]],
  ['none', []],
];

describe.each(SCOPES)('with the scope "%s"', (scope, readable) => {
  let me: User;
  const unreadable = ALL.filter((waId) => !readable.includes(waId));

  beforeAll(async () => {
    await clearInbox();
    me = await seedUser(scope, { role: 'admin', canReadChats: scope }, [1, 3]);
    await seedChat(MINE, { assignedUserId: me.id });
    await seedChat(MY_GROUPS, { assignedGroupId: 3 });
    await seedChat(ANOTHERS, { assignedUserId: me.id + 1 });
    await seedChat(ANOTHER_GROUPS, { assignedGroupId: 2 });
    // In turns, so that the pages below mix the chats.
    await seedMessages(
      [1, 2, 3].flatMap((round) =>
        ALL.map((chat, index) => ({
          chat,
          timestamp: round * 10 - index,
          id: `${scope}-${chat}-${round}`,
          text: round === 2 ? 'second round' : 'hello',
          fromUs: round === 3,
        })),
      ),
    );
  });

  it.each([
    ['/chats/', 1],
    ['/chats/?search=480000', 1],
    ['/chats/?search=48', 1],
    ['/persons/', 1],
    ['/persons/?search=480000', 1],
    ['/messages/', 3],
    ['/messages/?search=second%20round', 1],
    ['/messages/?search=ou', 1],
    ['/messages/?from_us=true', 1],
    ['/messages/?since_time=5&before_time=11', 1],
  ])('%s holds what is readable and no more', async (path, each) => {
    const page = await askList<{ wa_id?: string; customer_wa_id?: string }>(me, path);
    const seen = new Set(page.results.map((item) => item.wa_id ?? item.customer_wa_id));
    expect(seen).toEqual(new Set(readable));
    expect([page.count, page.results.length]).toEqual([
      readable.length * each,
      readable.length * each,
    ]);
  });

  it('pages of messages join without a gap', async () => {
    const whole = await askList<{ id: string }>(me, '/messages/');
    const parts: unknown[] = [];
    for (let path: string | null = '/messages/?limit=2'; path !== null;) {
      const page: Awaited<ReturnType<typeof askList>> = await askList(me, path);
      parts.push(...page.results);
      path = page.next;
    }
    expect(parts).toEqual(whole.results);
  });

  it.each(ALL)('the chat %s is there if it is readable', async (waId) => {
    const status = readable.includes(waId) ? 200 : 404;
    for (const path of [`/chats/${waId}/`, `/persons/${waId}/`, `/messages/${waId}/`]) {
      expect(await ask(me, path)).toMatchObject({ status });
    }
    expect(await ask(me, `/messages/${scope}-${waId}-1/`)).toMatchObject({ status });
    const { count } = await askList(me, `/messages/?wa_id=${waId}`);
    expect(count).toBe(readable.includes(waId) ? 3 : 0);
  });

  it('what is unreadable cannot be marked', async () => {
    for (const customer_wa_id of unreadable) {
      const answered = await ask(me, '/mark_as_received/', { customer_wa_id, timestamp: 30 });
      expect(answered).toMatchObject({
        status: 400,
        body: { customer_wa_id: ['There is no chat with this customer.'] },
      });
    }
  });
});

it('a reply shows nothing of a message in another chat, whose id somebody may have kept', async () => {
  await clearInbox();
  const me = await seedUser('me', { canReadChats: 'user' });
  await seedChat(MINE, { assignedUserId: me.id });
  await seedChat(ANOTHERS);
  await seedMessages([
    { chat: ANOTHERS, timestamp: 10, text: 'a secret', wabaId: 'wamid.secret' },
    { chat: MINE, timestamp: 20, id: 'mine', payload: { context: { id: 'wamid.secret' } } },
  ]);
  const { body } = await ask(me, '/messages/mine/');
  expect(body).toMatchObject({ customer_wa_id: MINE, context: null });
});
