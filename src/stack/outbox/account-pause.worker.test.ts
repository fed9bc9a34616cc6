import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { User } from '../../auth/user.ts';
import { stack } from '../../inbox/seed.test-support.ts';
import {
  accepted,
  enqueue,
  messageOf,
  outboxRows,
  type OutboxUnderTest,
  refused,
  settleDown,
  writtenEvents,
  useOutbox,
} from './outbox.test-support.ts';
import type { SendJob, SendResult } from './send-job.ts';

const { db } = stack;
const ADA = '48111111111';
const BOB = '48222222222';
const EVE = '48333333333';

const NOT_REGISTERED = () => refused(133010);
const TAKEN = ({ message }: SendJob): SendResult => accepted(`wamid.${message.id}`);

let user: User;
let outbox: OutboxUnderTest;
const lines: string[] = [];

useOutbox((empty, sender) => {
  outbox = empty;
  user = sender;
});

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)));
});

/** Lets time pass with everything that is answered in it. */
async function pass(ms: number): Promise<void> {
  const end = outbox.now + ms;
  while (outbox.now < end) {
    await settleDown();
    const next = Math.min(outbox.wakeAt ?? end, end);
    await outbox.pass(Math.max(next - outbox.now, 1));
  }
  await settleDown();
}

function pauseRows(): Promise<Record<string, unknown>[]> {
  return db.all(sql`select error, since_at, next_at, strikes from outbox_pause`);
}

function logged(event: string): number {
  return lines.filter((line) => line.includes(`"${event}"`)).length;
}

describe('an account that WhatsApp takes nothing from', () => {
  it('fails no message: all wait in order and go when it is well again', async () => {
    const ids = [];
    for (const text of ['1', '2']) {
      for (const chat of [ADA, BOB, EVE]) ids.push(await enqueue(user, chat, text));
    }
    outbox.autoAnswer = NOT_REGISTERED;
    await outbox.wake();
    await pass(60_000);
    const probes = outbox.sends.length;
    expect(probes).toBeLessThan(12);
    for (const id of ids) expect(await messageOf(id)).toMatchObject({ is_failed: 0 });
    expect(await outboxRows()).toHaveLength(6);
    outbox.autoAnswer = TAKEN;
    await pass(90_000);
    const sent = outbox.sends.slice(probes);
    expect(sent.toSorted()).toEqual([ADA, BOB, EVE].flatMap((chat) => [`${chat} 1`, `${chat} 2`]));
    for (const chat of [ADA, BOB, EVE]) {
      expect(sent.indexOf(`${chat} 1`)).toBeLessThan(sent.indexOf(`${chat} 2`));
    }
    expect(await outboxRows()).toEqual([]);
  });

  it('is asked with one message at a time, after longer and longer waits', async () => {
    for (const chat of [ADA, BOB, EVE]) await enqueue(user, chat, '1');
    const times: number[] = [];
    outbox.autoAnswer = () => {
      times.push(outbox.now);
      return refused(133010);
    };
    await outbox.wake();
    await pass(3_600_000);
    const waits = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(times.length).toBeLessThan(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(601_000);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(600_000);
    // Everybody's messages take turns at it.
    expect(new Set(outbox.sends.slice(-3))).toEqual(new Set([ADA, BOB, EVE].map((c) => `${c} 1`)));
  });

  it('raises one alert that everybody can see, and takes it back by itself', async () => {
    await db.run(sql`
      insert into webhooks (user_id, url, on_outgoing_message, headers, secret, since_seq, created_at)
      values (1, 'https://hook.example', 1, '', '', 0, 0)`);
    for (const chat of [ADA, BOB, EVE]) await enqueue(user, chat, '1');
    outbox.autoAnswer = NOT_REGISTERED;
    await outbox.wake();
    await pass(100_000);
    expect(await pauseRows()).toEqual([
      {
        error: expect.stringContaining('133010'),
        since_at: expect.any(Number),
        next_at: expect.any(Number),
        strikes: expect.any(Number),
      },
    ]);
    const [row] = await pauseRows();
    expect(Number(row?.['next_at'])).toBeGreaterThan(outbox.now);
    const error = { waba_payload: { errors: [{ code: 133010 }] }, getchat_id: null };
    expect(await writtenEvents()).toMatchObject([
      { kind: 'failure', open: 1, chats: [], extended: { waba_errors: [error] } },
    ]);
    expect(outbox.events).toHaveLength(1);
    expect(await db.all(sql`select message_id, payload from waba_errors`)).toMatchObject([
      { message_id: null, payload: expect.stringContaining('133010') },
    ]);
    expect(logged('outbox_paused')).toBe(1);
    outbox.autoAnswer = TAKEN;
    await pass(100_000);
    expect(await pauseRows()).toEqual([]);
    expect(logged('outbox_resumed')).toBe(1);
  });

  it('stays so over a restart, however long the pause still lasts', async () => {
    for (const chat of [ADA, BOB]) await enqueue(user, chat, '1');
    outbox.autoAnswer = NOT_REGISTERED;
    await outbox.wake();
    await pass(200_000);
    const sent = outbox.sends.length;
    const [before] = await pauseRows();
    // All that is kept elsewhere is gone, too.
    outbox.pausedUntil = 0;
    outbox.restart();
    await outbox.wake();
    await pass(Number(before?.['next_at']) - outbox.now - 1_000);
    expect(outbox.sends).toHaveLength(sent);
    await pass(3_000);
    expect(outbox.sends).toHaveLength(sent + 1);
    const [after] = await pauseRows();
    expect(after).toMatchObject({ since_at: before?.['since_at'] });
    expect(await writtenEvents()).toHaveLength(1);
    outbox.autoAnswer = TAKEN;
    await pass(700_000);
    expect(await outboxRows()).toEqual([]);
    expect(await pauseRows()).toEqual([]);
  });

  it('raises its alert as soon as the database is back where that was away', async () => {
    await enqueue(user, ADA, '1');
    await outbox.wake();
    await outbox.untilSent(1);
    const failing = vi.spyOn(db, 'batch').mockRejectedValue(new Error('D1 is away'));
    await outbox.answer(refused(131031));
    await pass(2_000);
    failing.mockRestore();
    outbox.autoAnswer = () => refused(131031);
    await pass(20_000);
    expect(await pauseRows()).toHaveLength(1);
    expect(await writtenEvents()).toHaveLength(1);
  });
});

describe('a message that is refused for the account’s sake while others are taken', () => {
  it('stops nobody, and fails in the end', async () => {
    const odd = await enqueue(user, ADA, 'odd');
    await enqueue(user, ADA, 'after it');
    const answer = (job: SendJob) =>
      job.message.payload.includes('odd') ? refused(10) : TAKEN(job);
    outbox.autoAnswer = answer;
    await outbox.wake();
    await pass(1_000);
    for (let n = 0; n < 8; n += 1) {
      const sent = outbox.sends.length;
      await enqueue(user, BOB, String(n));
      await outbox.wake();
      await pass(1_000);
      expect(outbox.sends.slice(sent)).toContain(`${BOB} ${n}`);
      await pass(4_000);
    }
    expect(await messageOf(odd)).toMatchObject({ is_failed: 1 });
    expect(outbox.sends.at(-1)).not.toContain('odd');
    expect(outbox.sends).toContain(`${ADA} after it`);
    expect(await outboxRows()).toEqual([]);
    expect(await pauseRows()).toEqual([]);
  });

  it('is left alone for a minute at most where there is no other', async () => {
    await enqueue(user, ADA, 'odd');
    const times: number[] = [];
    outbox.autoAnswer = () => {
      times.push(outbox.now);
      return refused(10);
    };
    await outbox.wake();
    await pass(600_000);
    const waits = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(Math.max(...waits)).toBeLessThan(62_000);
    expect(await outboxRows()).toHaveLength(1);
    outbox.autoAnswer = TAKEN;
    const sent = outbox.sends.length;
    await enqueue(user, BOB, 'next');
    await outbox.wake();
    await pass(1_000);
    expect(outbox.sends.slice(sent)).toEqual([`${BOB} next`]);
  });
});
