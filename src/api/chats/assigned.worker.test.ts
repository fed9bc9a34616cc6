import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import { clearInbox, seedChat, seedMessages, seedUser } from '../../inbox/seed.test-support.ts';
import { ask, askList } from '../reading.test-support.ts';

const MINE = '48111111111';
const MINE_IN_GROUP = '48222222222';
const IN_GROUP = '48333333333';
const HERS = '48444444444';
const NOBODYS = '48555555555';
const GROUP = 1;
const OTHER_GROUP = 2;

let me: User;
let limited: User;

beforeAll(async () => {
  await clearInbox();
  me = await seedUser('me', {}, [GROUP]);
  limited = await seedUser('limited', { canReadChats: 'user' }, [GROUP]);
  await seedChat(MINE, { assignedUserId: me.id, assignedGroupId: OTHER_GROUP });
  await seedChat(MINE_IN_GROUP, { assignedUserId: me.id, assignedGroupId: GROUP });
  await seedChat(IN_GROUP, { assignedGroupId: GROUP });
  await seedChat(HERS, { assignedUserId: limited.id, assignedGroupId: GROUP });
  const chats = [NOBODYS, HERS, IN_GROUP, MINE_IN_GROUP, MINE];
  await seedMessages(
    chats.flatMap((chat, index) => [
      { chat, timestamp: index + 1, text: 'an older one' },
      { chat, timestamp: index + 11, text: 'a newer one' },
    ]),
  );
});

async function chatsOf(query: string, user = me): Promise<string[]> {
  const list = await askList<{ wa_id: string }>(user, `/chats/?${query}`);
  expect(list.count).toBe(list.results.length);
  return list.results.map((chat) => chat.wa_id);
}

async function messagesOf(query: string, user = me): Promise<string[]> {
  const list = await askList<{ customer_wa_id: string }>(user, `/messages/?${query}`);
  expect(list.count).toBe(list.results.length);
  return list.results.map((message) => message.customer_wa_id);
}

describe('the chats and the messages', () => {
  it.each([
    ['assigned_to_me=true', [MINE, MINE_IN_GROUP]],
    ['assigned_to_me=1', [MINE, MINE_IN_GROUP]],
    [`assigned_group=${GROUP}`, [MINE_IN_GROUP, IN_GROUP, HERS]],
    [`assigned_to_me=true&assigned_group=${GROUP}`, [MINE_IN_GROUP]],
    ['assigned_to_me=false', [MINE, MINE_IN_GROUP, IN_GROUP, HERS, NOBODYS]],
    ['assigned_to_me=&assigned_group=', [MINE, MINE_IN_GROUP, IN_GROUP, HERS, NOBODYS]],
  ])('with %s are those of %j', async (query, chats) => {
    expect(await chatsOf(query)).toEqual(chats);
    expect(await messagesOf(query)).toEqual([...chats, ...chats]);
  });

  it('are none that the user may not read', async () => {
    expect(await chatsOf(`assigned_group=${GROUP}`, limited)).toEqual([HERS]);
    expect(await messagesOf(`assigned_group=${GROUP}`, limited)).toEqual([HERS, HERS]);
  });

  it('are refused for a group that the user is no member of, and for what is no group', async () => {
    for (const path of ['/chats/', '/messages/', `/messages/${MINE}/`]) {
      expect(await ask(me, `${path}?assigned_group=${OTHER_GROUP}`)).toEqual({
        status: 400,
        body: {
          assigned_group: ['You are not a member of this group.'],
          reason: 'You are not a member of this group.',
        },
      });
      expect(await ask(me, `${path}?assigned_group=mine&assigned_to_me=perhaps`)).toEqual({
        status: 400,
        body: {
          assigned_group: ['A valid integer is required.'],
          assigned_to_me: ['Must be a valid boolean.'],
          reason: expect.stringMatching(/^assigned_\w+: .+ assigned_\w+: .+$/),
        },
      });
    }
  });

  it.each(['one', 'newer one', 'er'])('are searched within for %s', async (search) => {
    const filter = `search=${search}&assigned_to_me=true`;
    expect(new Set(await messagesOf(filter))).toEqual(new Set([MINE, MINE_IN_GROUP]));
  });

  it('are searched for a customer within', async () => {
    expect(await chatsOf('search=482222&assigned_to_me=true')).toEqual([MINE_IN_GROUP]);
    expect(await chatsOf('search=483333&assigned_to_me=true')).toEqual([]);
  });
});

describe('the messages', () => {
  it('of a chat that is not assigned so are none', async () => {
    expect(await messagesOf(`wa_id=${MINE}&assigned_to_me=true`)).toEqual([MINE, MINE]);
    expect(await messagesOf(`wa_id=${HERS}&assigned_to_me=true`)).toEqual([]);
    expect(await messagesOf(`wa_id=${MINE}&assigned_group=${GROUP}`)).toEqual([]);
  });

  it('are filtered by time at the same time', async () => {
    expect(await messagesOf('assigned_to_me=true&since_time=15')).toEqual([MINE]);
  });
});
