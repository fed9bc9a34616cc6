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
  settleDown,
  statusComes,
  writtenEvents,
  useOutbox,
} from './outbox.test-support.ts';

const ADA = '48111111111';

let user: User;
let outbox: OutboxUnderTest;

useOutbox((empty, sender) => {
  outbox = empty;
  user = sender;
});

describe('a lost answer', () => {
  it('is settled by a status that carries our id: nothing is sent again', async () => {
    const id = await enqueue(user, ADA, '1');
    await outbox.wake();
    await outbox.untilSent(1);
    await outbox.answer(LOST);
    expect(outbox.hasUnknown).toBe(true);
    await statusComes(id, 'wamid.A');
    await outbox.wake();
    await settleDown();
    expect(outbox.hasUnknown).toBe(false);
    expect(await outboxRows()).toEqual([]);
    expect(await writtenEvents()).toMatchObject([
      { kind: 'outgoing', extended: { outgoing_messages: [{ waba_payload: { id: 'wamid.A' } }] } },
    ]);
    await outbox.pass(120_000);
    expect(outbox.sends).toHaveLength(1);
  });

  it('is settled even by a status of which nobody told the outbox', async () => {
    const id = await enqueue(user, ADA, '1');
    await outbox.wake();
    await outbox.untilSent(1);
    await outbox.answer(LOST);
    await statusComes(id, 'wamid.A');
    await outbox.pass(120_000);
    await settleDown();
    expect(outbox.sends).toHaveLength(1);
    expect(await outboxRows()).toEqual([]);
    expect(await writtenEvents()).toHaveLength(1);
  });

  it('is sent again after sixty seconds without one', async () => {
    await enqueue(user, ADA, '1');
    await outbox.wake();
    await outbox.untilSent(1);
    const attemptedAt = outbox.now;
    await outbox.answer(LOST);
    await outbox.pass(attemptedAt + 59_900 - outbox.now);
    expect(outbox.sends).toHaveLength(1);
    await outbox.pass(500);
    expect(outbox.sends).toHaveLength(2);
  });

  it('is what a kill leaves behind; sixty seconds count from the start after it', async () => {
    await enqueue(user, ADA, '1');
    await enqueue(user, ADA, '2');
    await outbox.wake();
    await outbox.untilSent(1);
    outbox.now += 30_000;
    outbox.restart();
    const startedAt = outbox.now;
    await outbox.wake();
    expect(outbox.hasUnknown).toBe(true);
    await outbox.pass(5_500);
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`]);
    await outbox.answer(accepted('wamid.2'));
    await outbox.pass(startedAt + 59_900 - outbox.now);
    expect(outbox.sends).toHaveLength(2);
    await outbox.pass(500);
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`, `${ADA} 1`]);
  });

  it('is also what a sender that broke down leaves', async () => {
    await enqueue(user, ADA, '1');
    outbox.autoAnswer = () => {
      throw new Error('The sender is gone.');
    };
    await outbox.wake();
    await outbox.untilSent(1);
    await settleDown();
    expect(outbox.hasUnknown).toBe(true);
    expect(await outboxRows()).toMatchObject([{ attempts: 1, attempted_at: expect.any(Number) }]);
  });
});

describe('a storage that fails', () => {
  it('never makes a message with an outcome go twice', async () => {
    const id = await enqueue(user, ADA, '1');
    await outbox.wake();
    await outbox.untilSent(1);
    const failing = vi.spyOn(stack.db, 'batch').mockRejectedValue(new Error('D1 is away'));
    await outbox.answer(accepted('wamid.A'));
    await outbox.pass(30_000);
    await settleDown();
    expect(outbox.sends).toHaveLength(1);
    failing.mockRestore();
    await outbox.pass(10_000);
    await settleDown();
    expect(await messageOf(id)).toMatchObject({ waba_id: 'wamid.A' });
    expect(await outboxRows()).toEqual([]);
    expect(await writtenEvents()).toHaveLength(1);
    expect(outbox.sends).toHaveLength(1);
  });

  it('makes no second event where the writing happened although it seemed to fail', async () => {
    await enqueue(user, ADA, '1');
    await outbox.wake();
    await outbox.untilSent(1);
    const batch = stack.db.batch.bind(stack.db);
    const seems = vi.spyOn(stack.db, 'batch').mockImplementation(async (queries) => {
      const results = await batch(queries);
      if (!JSON.stringify(queries).includes('insert into events')) return results;
      throw new Error('The answer was lost');
    });
    await outbox.answer(accepted('wamid.A'));
    seems.mockRestore();
    await outbox.pass(10_000);
    await settleDown();
    expect(await writtenEvents()).toHaveLength(1);
    expect(await outboxRows()).toEqual([]);
  });
});
