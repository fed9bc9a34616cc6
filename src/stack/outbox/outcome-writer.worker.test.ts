import { describe, expect, it, vi } from 'vitest';
import type { User } from '../../auth/user.ts';
import { stack } from '../../inbox/seed.test-support.ts';
import {
  accepted,
  enqueue,
  outboxRows,
  type OutboxUnderTest,
  settleDown,
  writtenEvents,
  useOutbox,
} from './outbox.test-support.ts';

const ADA = '48111111111';

/** Far more looks at the clock than a minute of an outbox at rest takes. */
const MAX_LOOKS = 5000;

const LOST = new Error('D1_ERROR: Network connection lost.');

let user: User;
let outbox: OutboxUnderTest;

useOutbox((empty, sender) => {
  outbox = empty;
  user = sender;
});

/** Fails instead of hanging where the outbox goes round and round: nothing else gets a turn then. */
function boundLooks(): void {
  let { now } = outbox;
  let looks = 0;
  Object.defineProperty(outbox, 'now', {
    get: () => {
      looks += 1;
      if (looks > MAX_LOOKS) throw new Error('The outbox goes round without an end.');
      return now;
    },
    set: (at: number) => {
      now = at;
    },
  });
}

/** The batch that takes a row out of the outbox is not answered, and the next one is not made. */
function loseAnswer(): void {
  const batch = stack.db.batch.bind(stack.db);
  let failures = 0;
  vi.spyOn(stack.db, 'batch').mockImplementation(async (queries) => {
    if (failures === 1) {
      failures += 1;
      throw LOST;
    }
    const results = await batch(queries);
    if (failures > 0 || (await outboxRows()).length > 0) return results;
    failures += 1;
    throw LOST;
  });
}

describe('outcomes that come within 50 ms of the one before', () => {
  it('are written together then', async () => {
    const recipients = [ADA, '48222222222', '48333333333'];
    for (const chat of recipients) await enqueue(user, chat, 'hi');
    await outbox.wake();
    await outbox.untilSent(3);
    for (const id of ['wamid.A', 'wamid.B', 'wamid.C']) await outbox.answer(accepted(id));
    await settleDown();
    expect(await writtenEvents()).toHaveLength(1);
    expect(outbox.wakeAt).toBe(outbox.now + 50);
    await outbox.pass(50);
    await settleDown();
    expect(await writtenEvents()).toHaveLength(3);
    expect(await outboxRows()).toEqual([]);
  });
});

describe('an outcome whose writing took effect, with the answer lost and storage still failing', () => {
  it('is found to be written, and the outbox comes to rest and goes on', async () => {
    boundLooks();
    await enqueue(user, ADA, '1');
    await outbox.wake();
    await outbox.untilSent(1);
    loseAnswer();
    await outbox.answer(accepted('wamid.A'));
    await outbox.pass(10_000);
    await settleDown();
    await outbox.wake();
    await outbox.pass(10_000);
    expect(await outboxRows()).toEqual([]);
    expect(await writtenEvents()).toHaveLength(1);
    vi.restoreAllMocks();

    await enqueue(user, ADA, '2');
    await outbox.wake();
    await outbox.untilSent(2);
    await outbox.answer(accepted('wamid.B'));
    await settleDown();
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`]);
    expect(await writtenEvents()).toHaveLength(2);
  });
});
