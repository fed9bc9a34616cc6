import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changedNumber,
  counter,
  emptyStack,
  messages,
  post,
  stack,
  storedChats,
  storedMessages,
  text,
} from './post-body.test-support.ts';
import { cloudBody, status, statusBody } from './sample-bodies.test-support.ts';

const { db } = stack;

/** A chat as `storedChats` shows it. */
function chat(waId: string, userId: string | null, count: number): object {
  return { wa_id: waId, user_id: userId, inbound_count: count, message_count: count };
}

function idUpdate(...changes: [previous: string, current: string][]): object {
  const updates = changes.map(([previous, current]) => ({ user_id: { previous, current } }));
  return cloudBody('user_id_update', { user_id_update: updates });
}

async function stored(): Promise<object> {
  return {
    chats: await storedChats(),
    messages: await storedMessages(),
    counted: await counter('chats'),
  };
}

/** One chat with all messages in it, their ordinals being 1, 2, 3 … */
function oneChat(key: string, userId: string | null, count: number): object {
  const ordinals = Array.from({ length: count }, (_, index) => index + 1);
  return {
    chats: [chat(key, userId, count)],
    messages: ordinals.map((ordinal) => ({ waba_id: expect.any(String), chat: key, ordinal })),
    counted: 1,
  };
}

beforeEach(emptyStack);

describe('two chats that go to one number at once', () => {
  it('are merged where the number has no chat yet', async () => {
    await post(messages([text('a', { from: '49' })]));
    await post(messages([text('b', { from_user_id: 'US.1' })], [{ user_id: 'US.1' }]));
    await post(messages([changedNumber('s', '49', '48', { user_id: 'US.1' })]));
    expect(await stored()).toEqual(oneChat('48', 'US.1', 3));
  });

  it('are merged with the chat that the number has', async () => {
    for (const from of ['47', '48', '49']) await post(messages([text(from, { from })]));
    await post(messages([changedNumber('s', '48', '47'), changedNumber('t', '49', '47')]));
    expect(await stored()).toEqual(oneChat('47', null, 5));
  });

  it('leave nobody with fewer unread messages than before', async () => {
    await db.run(
      sql`insert into users (id, username, role, token_nonce, token_hash, created_at) values (1, 'u', 'user', 'n', 'h', 1)`,
    );
    await post(messages([text('a', { from: '48' }), text('b', { from: '49' })]));
    await db.run(sql`insert into marks (user_id, chat, ordinal) values (1, '48', 1)`);
    await post(messages([changedNumber('s', '48', '50'), changedNumber('t', '49', '50')]));
    expect(await db.all(sql`select chat, ordinal from marks`)).toEqual([
      { chat: '50', ordinal: 1 },
    ]);
    expect(await stored()).toEqual(oneChat('50', null, 4));
  });
});

describe('a changed number', () => {
  it('takes the messages under the user id alone that come with it', async () => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(
      messages(
        [changedNumber('s', '48', '49'), text('b', { from_user_id: 'US.1' })],
        [{ user_id: 'US.1', profile: { name: 'Ada' } }],
      ),
    );
    expect(await stored()).toEqual(oneChat('49', 'US.1', 3));
  });

  it.each([
    ['known', true],
    ['new', false],
  ])(
    'takes the messages under the old number that come with it (%s customer)',
    async (_, isKnown) => {
      if (isKnown) await post(messages([text('a', { from: '48' })]));
      await post(messages([text('b', { from: '48' }), changedNumber('s', '48', '49')]));
      expect(await stored()).toEqual(oneChat('49', null, isKnown ? 3 : 2));
    },
  );

  it.each([
    ['in order', ['48', '49'], ['49', '50']],
    ['the later one first', ['49', '50'], ['48', '49']],
  ])('that changed again in the same body leads to the last one (%s)', async (_, first, second) => {
    await post(messages([text('a', { from: '48' })]));
    const [from = '', to = ''] = first;
    const [then = '', last = ''] = second;
    await post(messages([changedNumber('s', from, to), changedNumber('t', then, last)]));
    expect(await stored()).toEqual(oneChat('50', null, 3));
  });

  it('takes the chat of a hidden number that turns out to be the old number', async () => {
    await post(messages([text('a', { from: '48' })]));
    await post(messages([text('b', { from_user_id: 'US.1' })], [{ user_id: 'US.1' }]));
    await post(
      messages(
        [text('c', { from: '48', from_user_id: 'US.1' }), changedNumber('s', '48', '49')],
        [{ wa_id: '48', user_id: 'US.1' }],
      ),
    );
    expect(await stored()).toEqual(oneChat('49', 'US.1', 4));
  });

  it('that changed back in the same body swaps nothing', async () => {
    await post(messages([text('a', { from: '48' }), text('b', { from: '49' })]));
    await post(messages([changedNumber('s', '48', '49'), changedNumber('t', '49', '48')]));
    expect(await stored()).toEqual(oneChat('49', null, 4));
  });

  it.each([
    ['which the new one had none of', [], 'US.1'],
    ['unless the new one had its own', [{ wa_id: '49', user_id: 'US.2' }], 'US.2'],
  ])('keeps the user id, %s', async (_, contacts, userId) => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(messages([text('b', { from: '49' })], contacts));
    await post(messages([changedNumber('s', '48', '49')]));
    expect(await stored()).toEqual(oneChat('49', userId, 3));
  });

  it('keeps the name for the chat that had none', async () => {
    const contact = { wa_id: '48', profile: { name: 'Ada Lovelace' } };
    await post(messages([text('a', { from: '48' })], [contact]));
    await post(messages([text('b', { from: '49' })]));
    await post(messages([changedNumber('s', '48', '49')]));
    const row = await db.first<{ name: string; contact: string }>(sql`select * from chats`);
    expect(row?.name).toBe('Ada Lovelace');
    expect(JSON.parse(row?.contact ?? '')).toEqual({ ...contact, wa_id: '49' });
  });

  it('is found by the search', async () => {
    await post(messages([text('a', { from: '48111' })]));
    await post(messages([changedNumber('s', '48111', '49222')]));
    const found = await db.all(
      sql`select c.wa_id from chats_search s join chats c on c.n = s.rowid where chats_search match '"49222"'`,
    );
    expect(found).toEqual([{ wa_id: '49222' }]);
  });
});

describe('a user id', () => {
  it('with two numbers makes one chat of them, under the last that it was named with', async () => {
    const contacts = ['48', '49'].map((waId) => ({ wa_id: waId, user_id: 'US.1' }));
    await post(messages([text('a', { from: '48' }), text('b', { from: '49' })], contacts));
    await post(messages([text('c', { from: '48' })]));
    expect(await stored()).toEqual(oneChat('49', 'US.1', 3));
  });

  it('on another number merges the chats that were apart, and what comes to either later', async () => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(messages([text('b', { from: '49' })]));
    await post(messages([text('c', { from: '49' })], [{ wa_id: '49', user_id: 'US.1' }]));
    expect(await stored()).toEqual(oneChat('49', 'US.1', 3));
    await post(messages([text('d', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    expect(await stored()).toEqual(oneChat('49', 'US.1', 4));
  });

  it('goes over alone to a number that is known with another one', async () => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(messages([text('b', { from: '49' })], [{ wa_id: '49', user_id: 'US.2' }]));
    await post(messages([text('c', { from: '49' })], [{ wa_id: '49', user_id: 'US.1' }]));
    expect(await storedChats()).toEqual([chat('48', null, 1), chat('49', 'US.1', 2)]);
  });

  it('that is exchanged for another moves alone: no chat is swapped', async () => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(messages([text('b', { from: '49' })], [{ wa_id: '49', user_id: 'US.2' }]));
    const swapped = [
      { wa_id: '48', user_id: 'US.2' },
      { wa_id: '49', user_id: 'US.1' },
    ];
    await post(messages([text('c', { from: '48' }), text('d', { from: '49' })], swapped));
    expect(await storedChats()).toEqual([chat('48', 'US.2', 2), chat('49', 'US.1', 2)]);
    expect(await storedMessages()).toMatchObject([
      { waba_id: 'a', chat: '48' },
      { waba_id: 'c', chat: '48' },
      { waba_id: 'b', chat: '49' },
      { waba_id: 'd', chat: '49' },
    ]);
  });

  it('takes its chat along when a contact without a chat names it', async () => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(messages([text('b', { from: '50' })], [{ wa_id: '49', user_id: 'US.1' }]));
    expect(await storedChats()).toEqual([chat('49', 'US.1', 1), chat('50', null, 1)]);
  });

  it('in a message is kept without a contact', async () => {
    await post(messages([text('a', { from: '48', from_user_id: 'US.1' })], [{ wa_id: '48' }]));
    await post(messages([text('b', { from_user_id: 'US.1' })]));
    expect(await stored()).toEqual(oneChat('48', 'US.1', 2));
  });

  it('in a status is kept without a contact', async () => {
    await post(messages([text('a', { from: '48' })]));
    await post(statusBody(status('x', 'read', { recipient_id: '48', recipient_user_id: 'US.1' })));
    await post(messages([text('b', { from_user_id: 'US.1' })]));
    expect(await stored()).toEqual(oneChat('48', 'US.1', 2));
  });

  it('beside the number, later in the body, takes the earlier messages along', async () => {
    await post(
      messages([
        text('a', { from_user_id: 'US.1' }),
        text('b', { from: '48', from_user_id: 'US.1' }),
      ]),
    );
    expect(await stored()).toEqual(oneChat('48', 'US.1', 2));
  });
});

describe('a changed user id', () => {
  const told = (body: string): object => ({
    id: 's',
    timestamp: '6',
    type: 'system',
    system: { type: 'user_changed_user_id', body, user_id: 'US.2' },
  });

  it('told by user_id_update is kept with the number', async () => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(idUpdate(['US.1', 'US.2']));
    expect(await storedChats()).toEqual([chat('48', 'US.2', 1)]);
    await post(messages([text('b', { from_user_id: 'US.2' })], [{ user_id: 'US.2' }]));
    expect(await stored()).toEqual(oneChat('48', 'US.2', 2));
  });

  it('told by a system message is kept with the number', async () => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(messages([told('User A changed from US.1 to US.2')]));
    expect(await storedChats()).toEqual([chat('48', 'US.2', 2)]);
    await post(messages([text('b', { from_user_id: 'US.2' })]));
    expect(await stored()).toEqual(oneChat('48', 'US.2', 3));
  });

  it.each([
    ['in order', ['US.1', 'US.2'], ['US.2', 'US.3']],
    ['the later one first', ['US.2', 'US.3'], ['US.1', 'US.2']],
  ] as const)('twice in one body leads to the last one (%s)', async (_, first, second) => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(messages([text('b', { from_user_id: 'US.9' })]));
    await post(idUpdate([...first], [...second]));
    expect(await storedChats()).toEqual([chat('48', 'US.3', 1), chat('US.9', 'US.9', 1)]);
  });

  it('takes along what was written under the new one before', async () => {
    await post(messages([text('a', { from: '48' })], [{ wa_id: '48', user_id: 'US.1' }]));
    await post(messages([text('b', { from_user_id: 'US.2' })]));
    await post(idUpdate(['US.1', 'US.2']));
    expect(await stored()).toEqual(oneChat('48', 'US.2', 2));
  });

  it('of a hidden number moves the chat, also to the number that the new one belongs to', async () => {
    await post(messages([text('a', { from_user_id: 'US.1' })]));
    await post(messages([text('b', { from: '48', from_user_id: 'US.3' })]));
    await post(idUpdate(['US.1', 'US.2']));
    expect(await storedChats()).toEqual([chat('48', 'US.3', 1), chat('US.2', 'US.2', 1)]);
    await post(idUpdate(['US.2', 'US.3']));
    expect(await stored()).toEqual(oneChat('48', 'US.3', 2));
  });

  it('never makes one chat of two numbers', async () => {
    await post(messages([text('a', { from: '48', from_user_id: 'US.1' })]));
    await post(messages([text('b', { from: '49', from_user_id: 'US.2' })]));
    await post(idUpdate(['US.1', 'US.2']));
    expect(await storedChats()).toEqual([chat('48', 'US.1', 1), chat('49', 'US.2', 1)]);
  });

  it('wins over the old one in the same body', async () => {
    await post(messages([text('a', { from: '48', from_user_id: 'US.1' })]));
    await post(
      messages([
        told('User A changed from US.1 to US.2'),
        text('b', { from: '48', from_user_id: 'US.1' }),
      ]),
    );
    expect(await stored()).toEqual(oneChat('48', 'US.2', 3));
  });
});

describe('a contact that goes by another number than its message', () => {
  const BIA = { wa_id: '5531988887777', profile: { name: 'Bia' } };

  async function names(): Promise<unknown[]> {
    return db.all(sql`select wa_id, name from chats order by wa_id`);
  }

  it('gives its name to the chat of the message where there is one of each', async () => {
    await post(messages([text('a', { from: '553188887777' })], [BIA]));
    expect(await names()).toEqual([{ wa_id: '553188887777', name: 'Bia' }]);
  });

  it('gives its name to the only sender of several messages', async () => {
    const all = ['a', 'b'].map((id) => text(id, { from: '553188887777' }));
    await post(messages(all, [BIA]));
    expect(await names()).toEqual([{ wa_id: '553188887777', name: 'Bia' }]);
  });

  it('keeps its name for itself where there are two senders or two contacts', async () => {
    const [one, two] = [text('a', { from: '553188887777' }), text('b', { from: '5511' })];
    await post(messages([one, two], [BIA]));
    await post(messages([text('c', { from: '5512' })], [BIA, { wa_id: '5513' }]));
    expect(await names()).toMatchObject([{ name: '' }, { name: '' }, { name: '' }]);
  });
});
