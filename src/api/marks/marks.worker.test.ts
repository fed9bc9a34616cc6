import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../auth/user.ts';
import { markDelivered, type Delivered } from '../../inbox/chats/marks.ts';
import {
  clearInbox,
  seedChat,
  seedMessages,
  seedUser,
  stack,
} from '../../inbox/seed.test-support.ts';
import { ask, whatsapp, type Answered } from '../reading.test-support.ts';

const ADA = '48111111111';
const BOB = '48222222222';

let human: User;
let app: User;

async function mark(user: User, timestamp: unknown, waId: unknown = ADA): Promise<Answered> {
  return ask(user, '/mark_as_received/', { timestamp, customer_wa_id: waId });
}

async function newMessages(user: User, waId = ADA): Promise<unknown> {
  const { body } = await ask(user, `/chats/${waId}/`);
  return body['new_messages'];
}

beforeEach(async () => {
  await clearInbox();
  whatsapp.read = [];
  whatsapp.answer = { kind: 'answered', status: 200, body: {} };
  human = await seedUser('human');
  app = await seedUser('app', { role: 'app' });
  await seedChat(ADA, { userId: 'US.777' });
  await seedMessages([
    { chat: ADA, timestamp: 100, id: 'a1', wabaId: 'wamid.a1' },
    { chat: ADA, timestamp: 110, id: 'a2', wabaId: 'wamid.a2' },
    { chat: ADA, timestamp: 115, id: 'out', fromUs: true },
    { chat: ADA, timestamp: 120, id: 'a3', wabaId: 'wamid.a3' },
    { chat: BOB, timestamp: 100, id: 'b1' },
  ]);
});

describe('a mark', () => {
  it('counts the messages up to its time as received, for its user alone', async () => {
    expect(await mark(human, 110)).toEqual({ status: 201, body: {} });
    expect([await newMessages(human), await newMessages(app)]).toEqual([1, 3]);
    expect(await newMessages(human, BOB)).toBe(1);
  });

  it('is never lowered', async () => {
    await mark(human, 120);
    await mark(human, 100);
    expect(await newMessages(human)).toBe(0);
  });

  it('before the first message marks nothing', async () => {
    expect(await mark(human, 99)).toEqual({ status: 201, body: {} });
    expect(await newMessages(human)).toBe(3);
  });

  it('leaves what comes later unmarked', async () => {
    await mark(human, 120);
    await seedMessages([{ chat: ADA, timestamp: 120 }]);
    expect(await newMessages(human)).toBe(1);
  });

  it('finds the chat by the user id it had before', async () => {
    await mark(human, 120, 'US.777');
    expect(await newMessages(human)).toBe(0);
  });

  it('is taken from a form, too', async () => {
    expect(await mark(human, '110', 48111111111)).toMatchObject({ status: 201 });
  });

  it("may be ahead of our clock where WhatsApp's own timestamp is", async () => {
    const ahead = Math.floor(Date.now() / 1000) + 30;
    await seedMessages([{ chat: ADA, timestamp: ahead }]);
    expect(await mark(human, ahead)).toMatchObject({ status: 201 });
    expect(await newMessages(human)).toBe(0);
  });

  it.each<[string, unknown, unknown, object]>([
    ['a time in the future', 32_503_680_000, ADA, { timestamp: ['Must not be in the future.'] }],
    [
      'an unknown customer',
      100,
      '49000',
      { customer_wa_id: ['There is no chat with this customer.'] },
    ],
    ['a time that is none', 'noon', ADA, { timestamp: ['A valid integer is required.'] }],
    ['a part of a second', 1.5, ADA, { timestamp: ['A valid integer is required.'] }],
    ['a NUL', 100, '\0', { customer_wa_id: ['Null characters are not allowed.'] }],
    ['a customer that is none', 100, {}, { customer_wa_id: ['Not a valid string.'] }],
    [
      'nothing',
      undefined,
      null,
      {
        timestamp: ['This field is required.'],
        customer_wa_id: ['This field may not be null.'],
      },
    ],
  ])('is refused with %s', async (_, timestamp, waId, problems) => {
    expect(await mark(human, timestamp, waId)).toEqual({
      status: 400,
      body: { ...problems, reason: expect.any(String) },
    });
  });
});

describe("WhatsApp's blue ticks", () => {
  it("come from a human's mark, for the newest message in it", async () => {
    await mark(human, 115);
    expect(whatsapp.read).toEqual(['wamid.a2']);
  });

  it('do not come from a mark of an app, nor from reading with mark_as_received', async () => {
    await mark(app, 120);
    await ask(human, `/messages/?wa_id=${ADA}&mark_as_received=1`);
    expect(await newMessages(human)).toBe(0);
    expect(whatsapp.read).toEqual([]);
  });

  it.each([
    { kind: 'lost', reason: 'timeout' } as const,
    { kind: 'answered', status: 400, body: undefined } as const,
  ])('that WhatsApp refuses leave the mark and a log line: $kind', async (answer) => {
    const logged = vi.spyOn(console, 'log').mockImplementation(() => {});
    whatsapp.answer = answer;
    expect(await mark(human, 120)).toMatchObject({ status: 201 });
    expect(await newMessages(human)).toBe(0);
    expect(logged.mock.calls.join()).toContain('mark_read_failed');
    logged.mockRestore();
  });
});

describe('marking what was delivered', () => {
  const { db } = stack;

  /** Returns how many rows were written. */
  async function markAll(...delivered: Delivered[]): Promise<number> {
    const changes = await Promise.all(markDelivered(delivered).map((query) => db.run(query)));
    return changes.reduce((sum, count) => sum + count, 0);
  }

  it('raises the marks of many users and chats at once', async () => {
    const changed = await markAll(
      { user_ids: [human.id], message_ids: ['a2', 'a1', 'b1', 'unknown'] },
      { user_ids: [app.id], message_ids: ['a3', 'out'] },
    );
    expect(changed).toBe(3);
    expect([await newMessages(human), await newMessages(human, BOB)]).toEqual([1, 0]);
    expect([await newMessages(app), await newMessages(app, BOB)]).toEqual([0, 1]);
  });

  it.each([[['a2']], [['a1']], [['out']], [[]]])(
    'writes nothing where nothing changes: %j',
    async (ids) => {
      await markAll({ user_ids: [human.id], message_ids: ['a2'] });
      expect(await markAll({ user_ids: [human.id], message_ids: ids })).toBe(0);
      expect(await newMessages(human)).toBe(1);
    },
  );
});
