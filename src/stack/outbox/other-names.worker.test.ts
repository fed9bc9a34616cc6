import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
import { findChat } from '../../inbox/chats/find-chat.ts';
import { stack } from '../../inbox/seed.test-support.ts';
import { changedNumber, messages, post, text } from '../../ingest/post-body.test-support.ts';
import { status, statusBody } from '../../ingest/sample-bodies.test-support.ts';
import {
  enqueue,
  messageOf,
  outboxRows,
  type OutboxUnderTest,
  settleDown,
  writtenEvents,
  useOutbox,
} from './outbox.test-support.ts';
import type { SendResult } from './send-job.ts';

const { db } = stack;
const DIALLED = '5531988887777';
const KNOWN = '553188887777';

let user: User;
let outbox: OutboxUnderTest;

useOutbox((empty, sender) => {
  outbox = empty;
  user = sender;
});

/** WABA's answer to a send, with the one contact that it names. */
function answer(wabaId: string, contact: object): SendResult {
  return {
    kind: 'answered',
    status: 200,
    body: { contacts: [contact], messages: [{ id: wabaId }] },
  };
}

const toldKnown = (wabaId: string, more: object = {}): SendResult =>
  answer(wabaId, { input: DIALLED, wa_id: KNOWN, ...more });

/** The customers of these tests have just written. */
function put(chat: string, body: string): Promise<string> {
  return enqueue(user, chat, body, { now: 6_000 });
}

/** Lets so many messages leave. */
async function leave(count: number): Promise<void> {
  const sent = outbox.sends.length;
  await outbox.wake();
  await outbox.untilSent(sent + count);
}

/** Sends a text and lets WABA answer it. */
async function send(chat: string, body: string, result: SendResult): Promise<string> {
  const id = await put(chat, body);
  await leave(1);
  await outbox.answer(result);
  await outbox.pass(1_000);
  await settleDown();
  return id;
}

function chats(): Promise<Record<string, unknown>[]> {
  return db.all(sql`select wa_id, user_id, name, inbound_count, message_count, assigned_user_id
    from chats order by wa_id`);
}

async function chatCount(): Promise<unknown> {
  return db.first(sql`select value from counters where name = 'chats'`);
}

describe('a number by which WhatsApp does not know its customer', () => {
  it('leads to the one chat under WhatsApp’s id, which the reply comes to', async () => {
    const id = await send(DIALLED, 'oi', toldKnown('wamid.1'));
    await post(
      messages(
        [{ ...text('wamid.2', { from: KNOWN }), context: { from: '1555', id: 'wamid.1' } }],
        [{ wa_id: KNOWN, profile: { name: 'Bia' } }],
      ),
    );
    expect(await chats()).toMatchObject([
      { wa_id: KNOWN, name: 'Bia', inbound_count: 1, message_count: 2 },
    ]);
    expect(await chatCount()).toEqual({ value: 1 });
    expect(await messageOf(id)).toMatchObject({ chat: KNOWN, waba_id: 'wamid.1' });
  });

  it('is told of in the event of the send already', async () => {
    await send(DIALLED, 'oi', toldKnown('wamid.1'));
    const [event] = await writtenEvents();
    expect(event?.chats).toMatchObject([{ wa_id: KNOWN }]);
    expect(event?.extended).toMatchObject({
      outgoing_messages: [{ customer_wa_id: KNOWN, contact: { wa_id: KNOWN } }],
    });
  });

  it('finds the chat when it is dialled again, also by the search', async () => {
    await send(DIALLED, 'oi', toldKnown('wamid.1'));
    await put(DIALLED, 'again');
    expect(await db.all(sql`select chat from outbox`)).toEqual([{ chat: KNOWN }]);
    expect(await findChat(db, `+${DIALLED}`)).toMatchObject({ wa_id: KNOWN, message_count: 2 });
    expect(
      await db.all(sql`select rowid from chats_search where chats_search match '"31988887777"'`),
    ).toHaveLength(1);
    await post(
      messages([text('wamid.2', { from: KNOWN })], [{ wa_id: KNOWN, profile: { name: 'Bia' } }]),
    );
    expect(
      await db.all(sql`select rowid from chats_search where chats_search match '"31988887777"'`),
    ).toHaveLength(1);
  });

  it('takes messages from it, too, and statuses that name it', async () => {
    await send(DIALLED, 'oi', toldKnown('wamid.1'));
    await post(messages([text('wamid.2', { from: DIALLED })], [{ wa_id: DIALLED }]));
    await post(statusBody(status('wamid.1', 'read', { recipient_id: DIALLED })));
    expect(await chats()).toMatchObject([{ wa_id: KNOWN, inbound_count: 1, message_count: 2 }]);
    const [, , last] = await writtenEvents();
    expect(last?.chats).toMatchObject([{ wa_id: KNOWN }]);
  });

  it('whose chat was apart is merged with it: nothing that either knew is lost', async () => {
    await post(
      messages([text('a', { from: KNOWN })], [{ wa_id: KNOWN, profile: { name: 'Bia' } }]),
    );
    await put(DIALLED, 'oi');
    await post(messages([text('b', { from: DIALLED }), text('c', { from: DIALLED })]));
    await db.run(
      sql`update chats set assigned_user_id = ${user.id}, user_id = 'BR.1' where wa_id = ${DIALLED}`,
    );
    await db.run(
      sql`insert into marks (user_id, chat, ordinal) values (${user.id}, ${DIALLED}, 1)`,
    );
    await db.run(sql`insert into tags (id, name) values (1, 'vip')`);
    await db.run(sql`insert into chat_taggings (tag_id, chat) values (1, ${DIALLED})`);
    await leave(1);
    await outbox.answer(toldKnown('wamid.1'));
    await outbox.pass(1_000);
    await settleDown();
    expect(await chats()).toEqual([
      {
        wa_id: KNOWN,
        user_id: 'BR.1',
        name: 'Bia',
        inbound_count: 3,
        message_count: 4,
        assigned_user_id: user.id,
      },
    ]);
    expect(await db.all(sql`select chat, ordinal from marks`)).toEqual([
      { chat: KNOWN, ordinal: 1 },
    ]);
    expect(await db.all(sql`select chat from chat_taggings`)).toEqual([{ chat: KNOWN }]);
    expect(await db.all(sql`select distinct chat from messages`)).toEqual([{ chat: KNOWN }]);
    const [event] = (await writtenEvents()).slice(-1);
    expect(event?.chats).toMatchObject([{ wa_id: KNOWN, assigned_user_id: user.id }]);
  });

  it('is dialled in order with WhatsApp’s own, whichever was asked for', async () => {
    for (const [chat, body] of [
      [DIALLED, '1'],
      [DIALLED, '2'],
      [KNOWN, '3'],
      [DIALLED, '4'],
    ] as const)
      await put(chat, body);
    await leave(2);
    expect(outbox.sends).toEqual([`${DIALLED} 1`, `${KNOWN} 3`]);
    outbox.autoAnswer = ({ message }) =>
      answer(`wamid.${message.id}`, { input: message.chat, wa_id: KNOWN });
    await outbox.answer(toldKnown('wamid.1'));
    expect(outbox.sends).toHaveLength(2);
    await outbox.answer(answer('wamid.3', { input: KNOWN, wa_id: KNOWN }));
    await put(DIALLED, '5');
    await outbox.wake();
    await outbox.untilSent(5);
    await outbox.pass(1_000);
    await settleDown();
    expect(outbox.sends.map((sent) => sent.split(' ')[1])).toEqual(['1', '3', '2', '4', '5']);
    expect(await chats()).toMatchObject([{ wa_id: KNOWN, message_count: 5 }]);
    expect(await outboxRows()).toEqual([]);
  });

  it('is found by sends that were looking for its chat while the answer came', async () => {
    const ids = await Promise.all(
      Array.from({ length: 5 }, (_, index) => put(DIALLED, `first ${index}`)),
    );
    await leave(1);
    outbox.autoAnswer = ({ message }) =>
      answer(`wamid.${message.id}`, { input: message.chat, wa_id: KNOWN });
    const late = Array.from({ length: 10 }, (_, index) => put(DIALLED, `late ${index}`));
    const body = messages(
      [text('b', { from: KNOWN })],
      [{ wa_id: KNOWN, profile: { name: 'Bia' } }],
    );
    await Promise.all([outbox.answer(toldKnown('wamid.1')), post(body), ...late]);
    await outbox.wake();
    await outbox.untilSent(15);
    await outbox.pass(1_000);
    await settleDown();
    expect(ids).toHaveLength(5);
    expect(await chats()).toMatchObject([
      { wa_id: KNOWN, name: 'Bia', inbound_count: 1, message_count: 16 },
    ]);
    expect(await chatCount()).toEqual({ value: 1 });
    expect(await db.all(sql`select distinct chat from messages`)).toEqual([{ chat: KNOWN }]);
  });

  it('is learnt from the status where the answer was lost', async () => {
    const id = await put(DIALLED, 'oi');
    await leave(1);
    await outbox.answer({ kind: 'lost', reason: 'Network connection lost.' });
    const told = { recipient_id: KNOWN, biz_opaque_callback_data: `waypost:${id}` };
    await db.run(sql`update chats set assigned_user_id = 7 where wa_id = ${DIALLED}`);
    await post(statusBody(status('wamid.1', 'sent', told)));
    expect(await chats()).toMatchObject([{ wa_id: KNOWN, message_count: 1 }]);
    expect(await findChat(db, DIALLED)).toMatchObject({ wa_id: KNOWN });
    const [event] = await writtenEvents();
    expect(event?.chats).toEqual([{ wa_id: KNOWN, assigned_user_id: 7, assigned_group_id: null }]);
  });

  it('leads nowhere any more once the customer has given their number up', async () => {
    await send(DIALLED, 'oi', toldKnown('wamid.1'));
    await post(messages([changedNumber('s', KNOWN, '5511977776666')]));
    expect(await findChat(db, DIALLED)).toBeUndefined();
    expect(await db.all(sql`select * from chat_aliases`)).toEqual([]);
  });

  it('is not learnt of somebody else than was sent to, nor of no number', async () => {
    for (const contact of [
      { input: '551100000000', wa_id: KNOWN },
      { input: DIALLED, wa_id: 'nobody' },
      { input: DIALLED },
      { wa_id: KNOWN },
    ])
      await send(DIALLED, 'oi', answer(`wamid.${JSON.stringify(contact)}`, contact));
    expect(await chats()).toMatchObject([{ wa_id: DIALLED, message_count: 4 }]);
  });
});

describe('the number that the answer to a send under a user id names', () => {
  it('takes the chat over', async () => {
    await send(
      'BR.1349',
      'oi',
      answer('wamid.1', { input: 'BR.1349', wa_id: KNOWN, user_id: 'BR.1349' }),
    );
    expect(await chats()).toMatchObject([{ wa_id: KNOWN, user_id: 'BR.1349', message_count: 1 }]);
    expect(await db.all(sql`select * from chat_aliases`)).toEqual([]);
  });
});

describe('a user id in the answer that another number has', () => {
  it('proves that both are one customer', async () => {
    await post(messages([text('a', { from: KNOWN })], [{ wa_id: KNOWN, user_id: 'BR.1' }]));
    await send(DIALLED, 'oi', answer('wamid.1', { input: DIALLED, user_id: 'BR.1' }));
    expect(await chats()).toMatchObject([
      { wa_id: KNOWN, user_id: 'BR.1', inbound_count: 1, message_count: 2 },
    ]);
    expect(await findChat(db, DIALLED)).toMatchObject({ wa_id: KNOWN });
  });

  it('lets the chat go on under the number that the answer names', async () => {
    await post(messages([text('a', { from: KNOWN })], [{ wa_id: KNOWN, user_id: 'BR.1' }]));
    await send(
      DIALLED,
      'oi',
      answer('wamid.1', { input: DIALLED, wa_id: DIALLED, user_id: 'BR.1' }),
    );
    expect(await chats()).toMatchObject([
      { wa_id: DIALLED, user_id: 'BR.1', inbound_count: 1, message_count: 2 },
    ]);
    expect(await findChat(db, KNOWN)).toMatchObject({ wa_id: DIALLED });
  });
});
