import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stack } from '../inbox/seed.test-support.ts';
import { guarded, type Subject } from './login-guard.ts';

const { db } = stack;
const MINUTE_MS = 60_000;

beforeEach(async () => {
  await db.run(sql`delete from login_counts`);
});

afterEach(() => {
  vi.useRealTimers();
});

/** What came of a guess: `right`, `wrong`, or how many seconds there are to wait. */
async function guess(subject: Subject, isRight = false): Promise<unknown> {
  try {
    const found = await guarded(stack, subject, async () => (isRight ? 'right' : undefined));
    return found ?? 'wrong';
  } catch (error) {
    return Reflect.get(Object(error), 'retryAfterSeconds');
  }
}

async function guesses(count: number, subject: Subject): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (let n = 0; n < count; n += 1) answers.push(await guess(subject));
  return answers;
}

function clockAt(minutes: number): void {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(1_800_000_000_000 + minutes * MINUTE_MS);
}

const peter = { username: 'peter', address: '192.0.2.1' };

describe('guessing', () => {
  it('at one user from one address is refused after ten failures, also with the right password', async () => {
    expect(await guesses(10, peter)).toEqual(Array(10).fill('wrong'));
    expect(await guess(peter, true)).toBeGreaterThan(890);
  });

  it('is open again after a quarter of an hour, however often it went on meanwhile', async () => {
    clockAt(0);
    await guesses(10, peter);
    clockAt(14);
    expect(await guesses(50, peter)).toEqual(Array(50).fill(60));
    clockAt(15);
    expect(await guess(peter, true)).toBe('right');
  });

  it('locks nobody else out: another address, and another user at this one', async () => {
    await guesses(11, peter);
    expect(await guess({ ...peter, address: '192.0.2.2' }, true)).toBe('right');
    expect(await guess({ ...peter, username: 'flopsy' }, true)).toBe('right');
  });

  it('at many users from one address is refused after a hundred', async () => {
    for (let n = 0; n < 100; n += 1) await guess({ username: `u${n}`, address: '192.0.2.1' });
    expect(await guess({ username: 'another', address: '192.0.2.1' }, true)).toEqual(
      expect.any(Number),
    );
  });

  it('at one user from many addresses is refused after a hundred, but never where the user was before', async () => {
    expect(await guess(peter, true)).toBe('right');
    for (let n = 0; n < 100; n += 1) await guess({ username: 'peter', address: `10.0.0.${n}` });
    expect(await guess({ username: 'peter', address: '10.0.1.1' }, true)).toEqual(
      expect.any(Number),
    );
    expect(await guess(peter, true)).toBe('right');
  });

  it('at refresh tokens is counted by address', async () => {
    const address = '192.0.2.1';
    expect(await guesses(100, { address })).toEqual(Array(100).fill('wrong'));
    expect(await guess({ address }, true)).toEqual(expect.any(Number));
    expect(await guess({ address: '192.0.2.2' }, true)).toBe('right');
  });

  it('is counted where nobody says an address, too', async () => {
    const address = undefined;
    expect(await guesses(100, { address })).toEqual(Array(100).fill('wrong'));
    expect(await guess({ address }, true)).toEqual(expect.any(Number));
    expect(await guess({ username: 'peter', address }, true)).toEqual(expect.any(Number));
    expect(await guess({ ...peter }, true)).toBe('right');
  });

  it('at the own password is counted by user', async () => {
    await guesses(10, { currentPasswordOf: 1 });
    expect(await guess({ currentPasswordOf: 1 }, true)).toEqual(expect.any(Number));
    expect(await guess({ currentPasswordOf: 2 }, true)).toBe('right');
  });

  it('that happens all at once is counted one by one', async () => {
    let tried = 0;
    const attempt = async (): Promise<undefined> => {
      tried += 1;
    };
    const all = Array.from({ length: 40 }, async () => guarded(stack, peter, attempt));
    await Promise.allSettled(all);
    expect(tried).toBe(10);
  });
});

describe('signing in', () => {
  it('counts nothing, however often', async () => {
    for (let n = 0; n < 120; n += 1) expect(await guess(peter, true)).toBe('right');
    const counts = await db.all<{ count: number }>(sql`select count from login_counts`);
    expect(counts.every(({ count }) => count === 0)).toBe(true);
  });

  it('forgives the typing errors before it', async () => {
    for (let day = 0; day < 5; day += 1) {
      await guesses(9, peter);
      expect(await guess(peter, true)).toBe('right');
    }
  });

  it('names neither user nor address in the table', async () => {
    await guess(peter);
    const rows = JSON.stringify(await db.all(sql`select * from login_counts`));
    expect(rows).not.toContain('peter');
    expect(rows).not.toContain('192.0.2.1');
  });

  it('makes no more buckets than there are, whoever guesses at whom', async () => {
    await guess(peter);
    const [row] = await db.all<{ last: number }>(sql`select max(bucket) as last from login_counts`);
    expect(row?.last).toBeLessThan(5 * 2 ** 18);
  });
});
