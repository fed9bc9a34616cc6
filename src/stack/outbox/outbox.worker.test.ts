import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import type { User } from '../../auth/user.ts';
import { stack } from '../../inbox/seed.test-support.ts';
import {
  accepted,
  enqueue,
  LOST,
  messageOf,
  outboxRows,
  type OutboxUnderTest,
  refused,
  settleDown,
  statusComes,
  UNSENT,
  writtenEvents,
  useOutbox,
} from './outbox.test-support.ts';

const ADA = '48111111111';
const BOB = '48222222222';

let user: User;
let outbox: OutboxUnderTest;

useOutbox((empty, sender) => {
  outbox = empty;
  user = sender;
});

describe('messages that are accepted one after the other', () => {
  it('are read together, 25 ms after the read before at the latest', async () => {
    const read = vi.spyOn(stack.db, 'all');
    const reads = (): number => read.mock.calls.length;
    await outbox.wake();
    const atFirst = reads();
    for (const text of ['a', 'b', 'c']) {
      await enqueue(user, ADA, text);
      await outbox.wake();
    }
    expect(reads()).toBe(atFirst);
    expect(outbox.wakeAt).toBe(outbox.now + 25);
    await outbox.untilSent(1);
    expect(outbox.sends).toEqual([`${ADA} a`]);
  });
});

describe('messages to many recipients', () => {
  const recipients = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => String(48_500_000_000 + i));

  /** Rings every 25 ms. */
  async function wakeFor(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 25) {
      await outbox.wake();
      await outbox.pass(25);
    }
  }

  it('are made ready four or more at a time', async () => {
    for (const chat of recipients(32)) await enqueue(user, chat, 'hi');
    const batch = vi.spyOn(stack.db, 'batch');
    await outbox.wake();
    await outbox.untilSent(32);
    expect(batch.mock.calls.length).toBeLessThanOrEqual(32 / 4);
  });

  it('are read four times a second only, while more than 80 recipients wait', async () => {
    await Promise.all(recipients(120).map((chat) => enqueue(user, chat, 'hi')));
    await outbox.wake();
    await outbox.pass(25);
    const read = vi.spyOn(stack.db, 'all');
    await wakeFor(225);
    expect(read).toHaveBeenCalledTimes(1);
    await wakeFor(225);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('are read as ever while they wait for nothing but lost answers', async () => {
    await Promise.all(recipients(90).map((chat) => enqueue(user, chat, 'hi')));
    await stack.db.run(sql`update outbox set attempts = 1, attempted_at = ${outbox.now}`);
    await outbox.wake();
    const read = vi.spyOn(stack.db, 'all');
    await wakeFor(225);
    expect(read.mock.calls.length).toBeGreaterThan(4);
  });
});

describe('a message in the outbox', () => {
  it('is sent, gets WhatsApp’s id, leaves the outbox and makes an event', async () => {
    const id = await enqueue(user, ADA, 'hi');
    await outbox.wake();
    await outbox.untilSent(1);
    expect(await outboxRows()).toMatchObject([{ attempts: 1, attempted_at: expect.any(Number) }]);
    await outbox.answer(accepted('wamid.A'));
    expect(await outboxRows()).toEqual([]);
    expect(await messageOf(id)).toMatchObject({ waba_id: 'wamid.A', is_failed: 0 });
    const [event, ...others] = await writtenEvents();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      kind: 'outgoing',
      open: null,
      chats: [{ wa_id: ADA, assigned_user_id: null, assigned_group_id: null }],
      extended: {
        outgoing_messages: [
          {
            id,
            waba_payload: { to: ADA, type: 'text', text: { body: 'hi' }, id: 'wamid.A' },
            from_us: true,
            is_failed: false,
            sender: { username: 'sender', url: expect.stringContaining('https://inbox.example/') },
            customer_wa_id: ADA,
          },
        ],
      },
    });
    expect(outbox.events).toEqual([{ seq: event?.seq, open: null }]);
  });

  it('makes an open event where a webhook takes outgoing messages', async () => {
    await stack.db.run(sql`
      insert into webhooks (user_id, url, on_outgoing_message, headers, secret, since_seq, created_at)
      values (1, 'https://hook.example', 1, '', '', 0, 0)`);
    await enqueue(user, ADA, 'hi');
    outbox.autoAnswer = () => accepted('wamid.A');
    await outbox.wake();
    await outbox.untilSent(1);
    await settleDown();
    expect(outbox.events).toMatchObject([{ open: 1 }]);
  });

  it.each(['on_outgoing_message', 'on_incoming_message'])(
    'makes an open event where WhatsApp refuses it and a webhook has %s',
    async (flag) => {
      await stack.db.run(sql`
        insert into webhooks (user_id, url, ${sql.raw(flag)}, headers, secret, since_seq, created_at)
        values (1, 'https://hook.example', 1, '', '', 0, 0)`);
      await enqueue(user, ADA, 'hi');
      outbox.autoAnswer = () => refused(131026);
      await outbox.wake();
      await outbox.untilSent(1);
      await settleDown();
      expect(outbox.events).toMatchObject([{ open: 1 }]);
    },
  );

  it('is marked in the database before it is sent', async () => {
    await enqueue(user, ADA, 'hi');
    vi.spyOn(stack.db, 'batch').mockRejectedValueOnce(new Error('D1 is away'));
    await outbox.wake();
    await outbox.pass(500);
    expect(outbox.sends).toEqual([]);
    await outbox.untilSent(1);
    expect(outbox.sends).toEqual([`${ADA} hi`]);
  });

  it('keeps the order of its chat, in what is sent and in the events', async () => {
    for (const text of ['1', '2', '3']) {
      await enqueue(user, ADA, text);
      await enqueue(user, BOB, text);
    }
    outbox.autoAnswer = ({ message }) => accepted(`wamid.${message.id}`);
    await outbox.wake();
    await outbox.untilSent(6);
    await settleDown();
    const of = (chat: string) => outbox.sends.filter((name) => name.startsWith(chat));
    expect(of(ADA)).toEqual([`${ADA} 1`, `${ADA} 2`, `${ADA} 3`]);
    expect(of(BOB)).toEqual([`${BOB} 1`, `${BOB} 2`, `${BOB} 3`]);
    const events = (await writtenEvents()).filter(({ chats }) =>
      JSON.stringify(chats).includes(ADA),
    );
    expect(
      events.map(({ extended }) => JSON.stringify(extended).match(/"body":"(\d)"/)?.[1]),
    ).toEqual(['1', '2', '3']);
  });

  it('has one send under way per recipient, and recipients in parallel', async () => {
    await enqueue(user, ADA, '1');
    await enqueue(user, ADA, '2');
    await enqueue(user, BOB, '1');
    await outbox.wake();
    await outbox.untilSent(2);
    await outbox.pass(4_000);
    expect(outbox.sends).toEqual([`${ADA} 1`, `${BOB} 1`]);
    await outbox.answer(accepted('wamid.A'));
    await outbox.untilSent(3);
    expect(outbox.sends.at(-1)).toBe(`${ADA} 2`);
  });

  it('keeps the id that a status has brought before the answer', async () => {
    const id = await enqueue(user, ADA, 'hi');
    await outbox.wake();
    await outbox.untilSent(1);
    await statusComes(id, 'wamid.FROM_STATUS');
    await outbox.answer(accepted('wamid.FROM_ANSWER'));
    expect(await messageOf(id)).toMatchObject({ waba_id: 'wamid.FROM_STATUS' });
    expect(await outboxRows()).toEqual([]);
  });

  it('lets the chat be found by the user id that WABA tells', async () => {
    await enqueue(user, ADA, 'hi');
    outbox.autoAnswer = () => accepted('wamid.A', 'PL.77');
    await outbox.wake();
    await outbox.untilSent(1);
    await settleDown();
    expect(await stack.db.all(sql`select wa_id, user_id from chats`)).toEqual([
      { wa_id: ADA, user_id: 'PL.77' },
    ]);
  });

  it('is one of many that were waiting for the object to start', async () => {
    const chats = Array.from({ length: 30 }, (_, i) => String(48_500_000_000 + i));
    for (const chat of chats) await enqueue(user, chat, 'hi');
    outbox.autoAnswer = ({ message }) => accepted(`wamid.${message.id}`);
    await outbox.wake();
    await outbox.untilSent(30);
    await settleDown();
    await outbox.pass(50);
    await settleDown();
    expect(await outboxRows()).toEqual([]);
    expect(await writtenEvents()).toHaveLength(30);
  });
});

describe('a refused message', () => {
  it('is shown as failed, with what to post to send it again, and holds up nobody', async () => {
    const id = await enqueue(user, ADA, '1');
    await enqueue(user, ADA, '2');
    await outbox.wake();
    await outbox.untilSent(1);
    await outbox.answer(refused(131026));
    expect(await messageOf(id)).toMatchObject({ waba_id: null, is_failed: 1 });
    const errors = [
      { code: 131026, title: 'No', message: '(#131026) No', details: '(#131026) No' },
    ];
    const [event] = await writtenEvents();
    expect(event?.extended).toMatchObject({
      statuses: [
        {
          id: null,
          getchat_id: id,
          recipient_id: ADA,
          status: 'failed',
          timestamp: String(Math.floor(outbox.now / 1000)),
          type: 'message',
          errors,
        },
      ],
    });
    expect(await writtenEvents()).toMatchObject([
      {
        kind: 'failure',
        open: null,
        extended: {
          outgoing_messages: [
            {
              id,
              is_failed: true,
              waba_payload: { wa_id: ADA, errors },
              resend_payload: { wa_id: ADA, type: 'text', text: { body: '1' } },
            },
          ],
          waba_errors: [{ getchat_id: id, waba_payload: { errors: [{ code: 131026 }] } }],
        },
      },
    ]);
    expect(await stack.db.all(sql`select message_id, payload from waba_errors`)).toMatchObject([
      { message_id: id, payload: expect.stringContaining('131026') },
    ]);
    await outbox.untilSent(2);
  });

  it('is tried again when its code says so, also after a restart', async () => {
    await enqueue(user, ADA, '1');
    await outbox.wake();
    await outbox.untilSent(1);
    await outbox.answer(refused(131056));
    const [row] = await outboxRows();
    expect(row).toMatchObject({ attempted_at: null, attempts: 1, next_at: outbox.now + 1_000 });
    outbox.restart();
    await outbox.wake();
    await outbox.pass(990);
    expect(outbox.sends).toHaveLength(1);
    await outbox.untilSent(2);
    await outbox.answer(refused(131056));
    expect(await outboxRows()).toMatchObject([{ attempts: 2, next_at: outbox.now + 4_000 }]);
  });

  it('stops the number where WhatsApp says so, also over a restart', async () => {
    await enqueue(user, ADA, '1');
    await enqueue(user, BOB, '1');
    outbox.autoAnswer = () => refused(131048);
    await outbox.wake();
    await outbox.untilSent(1);
    await settleDown();
    const sent = outbox.sends.length;
    outbox.restart();
    await outbox.wake();
    await outbox.pass(890_000);
    expect(outbox.sends).toHaveLength(sent);
    outbox.autoAnswer = ({ message }) => accepted(`wamid.${message.id}`);
    await outbox.untilSent(sent + 2);
  });

  it('waits in order while nothing listens at the other end, and goes at once afterwards', async () => {
    for (const text of ['1', '2', '3']) await enqueue(user, ADA, text);
    outbox.autoAnswer = () => UNSENT;
    await outbox.wake();
    await outbox.pass(20_000);
    await settleDown();
    expect(new Set(outbox.sends)).toEqual(new Set([`${ADA} 1`]));
    const probes = outbox.sends.length;
    expect(probes).toBeLessThan(8);
    outbox.autoAnswer = ({ message }) => accepted(`wamid.${message.id}`);
    await outbox.pass(35_000);
    await outbox.untilSent(probes + 3);
    expect(outbox.sends.slice(probes)).toEqual([`${ADA} 1`, `${ADA} 2`, `${ADA} 3`]);
  });
});

describe('the pair’s rate', () => {
  it('is recalled after a restart from the messages that were sent', async () => {
    for (let n = 0; n < 46; n += 1) await enqueue(user, ADA, String(n));
    outbox.autoAnswer = ({ message }) => accepted(`wamid.${message.id}`);
    await outbox.wake();
    await outbox.untilSent(45);
    await settleDown();
    outbox.restart();
    await outbox.wake();
    await outbox.pass(1_000);
    await settleDown();
    expect(outbox.sends).toHaveLength(45);
    await outbox.pass(10_000);
    expect(outbox.sends).toHaveLength(46);
  });

  it('counts a message that may have left before the restart, too', async () => {
    for (let n = 0; n < 46; n += 1) await enqueue(user, ADA, String(n));
    outbox.autoAnswer = ({ message }) =>
      outbox.sends.length === 45 ? LOST : accepted(`wamid.${message.id}`);
    await outbox.wake();
    await outbox.untilSent(45);
    await settleDown();
    outbox.restart();
    await outbox.wake();
    await outbox.pass(5_500);
    await settleDown();
    expect(outbox.sends).toHaveLength(45);
    await outbox.untilSent(46);
  });
});

describe('a reply', () => {
  it('names WhatsApp’s id of a message of ours that had none when it was accepted', async () => {
    const first = await enqueue(user, ADA, '1');
    const reply = await enqueue(user, ADA, '2', { repliesTo: first });
    outbox.autoAnswer = ({ message }) => accepted(`wamid.${message.id}`);
    await outbox.wake();
    await outbox.pass(1_000);
    await settleDown();
    await outbox.pass(1_000);
    await settleDown();
    const { payload } = (await messageOf(reply)) ?? {};
    expect(JSON.parse(String(payload))).toMatchObject({
      context: { message_id: `wamid.${first}` },
    });
    const events = await writtenEvents();
    expect(events[1]).toMatchObject({
      extended: { outgoing_messages: [{ id: reply, context: { id: first } }] },
    });
  });

  it('waits for it where its answer was lost', async () => {
    const first = await enqueue(user, ADA, '1');
    await enqueue(user, ADA, '2', { repliesTo: first });
    await outbox.wake();
    await outbox.untilSent(1);
    await outbox.answer(LOST);
    await outbox.pass(20_000);
    expect(outbox.sends).toHaveLength(1);
    await statusComes(first, 'wamid.1');
    await outbox.wake();
    await outbox.pass(6_000);
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`]);
  });

  it('fails with it', async () => {
    const first = await enqueue(user, ADA, '1');
    const reply = await enqueue(user, ADA, '2', { repliesTo: first });
    await outbox.wake();
    await outbox.untilSent(1);
    await outbox.answer(refused(131026));
    await outbox.pass(1_000);
    await settleDown();
    expect(outbox.sends).toHaveLength(1);
    expect(await messageOf(reply)).toMatchObject({ is_failed: 1 });
  });
});
