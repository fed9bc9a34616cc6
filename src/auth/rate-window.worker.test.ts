import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { WaypostError } from '../error.ts';
import { stack } from '../inbox/seed.test-support.ts';
import { assertWindow, HOUR_MS, QUARTER_HOUR_MS, type WindowLimit } from './rate-window.ts';

const { db } = stack;
const NOW = 1_800_000_000_000;
const FIVE: WindowLimit = { purpose: 'chattu:reset-key', max: 5, windowMs: HOUR_MS };

beforeEach(async () => {
  await db.run(sql`delete from login_counts`);
});

/** Calls so often; returns how many were let pass, and how long the first other one is to wait. */
async function calls(count: number, limit = FIVE, of = '192.0.2.1', now = NOW) {
  let passed = 0;
  let waitS: number | undefined;
  for (let call = 0; call < count; call += 1) {
    try {
      await assertWindow(stack, limit, of, now);
      passed += 1;
    } catch (error) {
      if (!(error instanceof WaypostError) || error.code !== 'throttled') throw error;
      waitS ??= error.retryAfterSeconds;
    }
  }
  return { passed, waitS };
}

describe('a window of calls', () => {
  it('lets as many pass as it has room for, and says how long to wait', async () => {
    expect(await calls(7)).toEqual({ passed: 5, waitS: 3_600 });
    expect(await calls(1, FIVE, '192.0.2.1', NOW + HOUR_MS - 1_000)).toEqual({
      passed: 0,
      waitS: 1,
    });
  });

  it('is empty again after its time', async () => {
    await calls(6);
    expect(await calls(6, FIVE, '192.0.2.1', NOW + HOUR_MS)).toMatchObject({ passed: 5 });
  });

  it('is of one purpose and one caller', async () => {
    await calls(6);
    expect(await calls(1, FIVE, '192.0.2.2')).toMatchObject({ passed: 1 });
    const other = { purpose: 'chattu:cancel', max: 10, windowMs: QUARTER_HOUR_MS };
    expect(await calls(12, other)).toEqual({ passed: 10, waitS: 900 });
  });

  it('counts calls that come at once', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 12 }, () => assertWindow(stack, FIVE, '192.0.2.3', NOW)),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  it('costs no row when it is full', async () => {
    await calls(5);
    const before = await db.all(sql`select * from login_counts`);
    await calls(3);
    expect(await db.all(sql`select * from login_counts`)).toEqual(before);
  });
});
