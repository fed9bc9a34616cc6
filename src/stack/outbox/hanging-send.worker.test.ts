import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../auth/user.ts';
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
  writtenEvents,
  useOutbox,
} from './outbox.test-support.ts';
import type { SendResult } from './send-job.ts';

const ADA = '48111111111';
const BOB = '48222222222';

let user: User;
let outbox: OutboxUnderTest;
let first: string;

useOutbox((empty, sender) => {
  outbox = empty;
  user = sender;
});

beforeEach(async () => {
  first = await enqueue(user, ADA, '1');
  await enqueue(user, ADA, '2');
});

/** Sends the first message, whose answer does not come. */
async function hang(): Promise<void> {
  await outbox.wake();
  await outbox.untilSent(1);
}

describe('a send whose answer does not come', () => {
  it('holds up the customer’s next message for five seconds, with the request still open', async () => {
    await hang();
    await outbox.pass(4_900);
    expect(outbox.sends).toEqual([`${ADA} 1`]);
    await outbox.pass(200);
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`]);
  });

  it('holds it up no longer where the answer is lost at last', async () => {
    await hang();
    const startedAt = outbox.now;
    await outbox.pass(4_000);
    await outbox.answer(LOST);
    await outbox.pass(startedAt + 5_100 - outbox.now);
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`]);
  });

  it('holds up nobody else', async () => {
    await enqueue(user, BOB, '1');
    await outbox.wake();
    await outbox.untilSent(2);
    expect(outbox.sends).toEqual([`${ADA} 1`, `${BOB} 1`]);
  });

  it('is not sent again while its request is open', async () => {
    await hang();
    await outbox.pass(5_100);
    outbox.pending.splice(1, 1)[0]?.answer(accepted('wamid.2'));
    await outbox.pass(120_000);
    await settleDown();
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`]);
  });

  it('is sent again a minute after it left, where the request came to nothing', async () => {
    await hang();
    const startedAt = outbox.now;
    await outbox.pass(20_000);
    await outbox.answer(LOST);
    outbox.pending.splice(0, 1)[0]?.answer(accepted('wamid.2'));
    await settleDown();
    await outbox.pass(startedAt + 59_900 - outbox.now);
    expect(outbox.sends).toHaveLength(2);
    await outbox.pass(500);
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`, `${ADA} 1`]);
  });

  it('is settled by a status, and the next message goes at once', async () => {
    await hang();
    await outbox.pass(1_500);
    await statusComes(first, 'wamid.1');
    await outbox.hear();
    await outbox.untilSent(2);
    expect(outbox.now).toBeLessThan(Date.UTC(2026, 5, 1, 9) + 2_000);
    expect(await messageOf(first)).toMatchObject({ waba_id: 'wamid.1' });
  });

  it('is settled by a status that comes within its first second as soon as that is over', async () => {
    await hang();
    const startedAt = outbox.now;
    await statusComes(first, 'wamid.1');
    await outbox.hear();
    expect(outbox.sends).toHaveLength(1);
    await outbox.pass(1_100);
    await outbox.untilSent(2);
    expect(outbox.now - startedAt).toBeLessThan(2_000);
  });

  it.each([
    ['accepts it', accepted('wamid.other')],
    ['refuses it', refused(131026)],
    ['is lost', LOST],
  ])(
    'makes one event where a status has settled it and the answer then %s',
    async (_what, late) => {
      await hang();
      await outbox.pass(1_500);
      await statusComes(first, 'wamid.1');
      await outbox.hear();
      await settleDown();
      await outbox.answer(late);
      await outbox.pass(100);
      outbox.pending.splice(0, 1)[0]?.answer(accepted('wamid.2'));
      await settleDown();
      await outbox.pass(120_000);
      await settleDown();
      expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`]);
      expect(await outboxRows()).toEqual([]);
      expect((await writtenEvents()).map(({ kind }) => kind)).toEqual(['outgoing', 'outgoing']);
      expect(await messageOf(first)).toMatchObject({ waba_id: 'wamid.1', is_failed: 0 });
    },
  );

  it('takes its place again where WABA puts it off at last', async () => {
    await enqueue(user, ADA, '3');
    await hang();
    await outbox.pass(5_100);
    await outbox.answer(refused(131056));
    outbox.pending.splice(0, 1)[0]?.answer(accepted('wamid.2'));
    await settleDown();
    outbox.autoAnswer = ({ message }) => accepted(`wamid.${message.id}`);
    await outbox.pass(2_000);
    await outbox.untilSent(4);
    expect(outbox.sends.slice(1)).toEqual([`${ADA} 2`, `${ADA} 1`, `${ADA} 3`]);
  });
});

describe('a reply to what has no answer', () => {
  it('waits for it and holds up nothing behind it', async () => {
    await enqueue(user, ADA, 'reply', { repliesTo: first });
    await enqueue(user, ADA, '4');
    await hang();
    outbox.autoAnswer = ({ message }) => accepted(`wamid.${message.id}`);
    await outbox.answer(LOST);
    await outbox.pass(6_000);
    await outbox.untilSent(3);
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`, `${ADA} 4`]);
    await statusComes(first, 'wamid.1');
    await outbox.hear();
    await outbox.pass(6_000);
    await outbox.untilSent(4);
    expect(outbox.sends.at(-1)).toBe(`${ADA} reply`);
  });
});

describe('a file that is handed over', () => {
  it('holds up the next message until it is there, since nothing was sent', async () => {
    const files: ((problem: SendResult | undefined) => void)[] = [];
    outbox.handOver = () => new Promise((resolve) => files.push(resolve));
    await outbox.wake();
    await outbox.pass(60_000);
    expect(outbox.sends).toEqual([]);
    files[0]?.(undefined);
    await outbox.untilSent(1);
    await outbox.pass(5_100);
    files[1]?.(undefined);
    await settleDown();
    expect(outbox.sends).toEqual([`${ADA} 1`, `${ADA} 2`]);
  });

  it('is tried again where its sender broke down, and nothing counts as sent', async () => {
    outbox.handOver = () => Promise.reject(new Error('The sender is gone.'));
    await outbox.wake();
    await outbox.pass(100);
    await settleDown();
    expect(outbox.hasUnknown).toBe(false);
    expect(outbox.sends).toEqual([]);
    expect(await outboxRows()).toMatchObject([
      { attempts: 1, attempted_at: null },
      { attempts: 0 },
    ]);
  });
});
