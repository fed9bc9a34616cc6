import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stack } from '../inbox/seed.test-support.ts';
import type { StackContext } from '../store/open-stack.ts';
import { Housekeeper, keepHouse, type HouseDeps } from './housekeeping.ts';

const { db } = stack;
const HOUR_MS = 60 * 60 * 1000;
/** The beginning of an hour. */
const NOW = 490_000 * HOUR_MS;

let lines: Record<string, unknown>[];

beforeEach(async () => {
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  vi.spyOn(console, 'error').mockImplementation(
    (line: string) => void lines.push(JSON.parse(line)),
  );
  for (const table of ['events', 'attempts', 'erasures'])
    await db.run(sql.raw(`delete from ${table}`));
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function seedAttempts(count: number): Promise<void> {
  await db.run(sql`
    insert into attempts (seq, webhook_id, at, number, latency_ms, request_headers)
    with recursive c (i) as (select 1 union all select i + 1 from c where i < ${count})
    select i, 1, i, 1, 5, '{}' from c`);
}

async function attempts(): Promise<number | undefined> {
  const row = await db.first<{ n: number }>(sql`select count(*) as n from attempts`);
  return row?.n;
}

/** A housekeeper with a clock to be set, on a database that may hold `limitBytes`. */
function housekeeper(ctx: StackContext = stack) {
  const rings: number[] = [];
  const state = { now: NOW, warnedAt: 0, rings };
  const deps: HouseDeps = {
    stack: ctx,
    now: () => state.now,
    ringBy: async (at) => void rings.push(at),
    warned: { load: async () => state.warnedAt, save: async (at) => void (state.warnedAt = at) },
  };
  return { state, keeper: new Housekeeper(deps), deps };
}

function withLimit(databaseLimitBytes: number): StackContext {
  return { ...stack, config: { ...stack.config, databaseLimitBytes } };
}

describe('keeping house', () => {
  it('removes a bounded part at a time and says what, in one line', async () => {
    await seedAttempts(4_000);
    expect(await keepHouse(stack, NOW)).toBe(true);
    expect(await attempts()).toBe(1_000);
    expect(await keepHouse(stack, NOW)).toBe(false);
    expect(await attempts()).toBe(1);
    expect(await keepHouse(stack, NOW)).toBe(false);
    expect(lines).toMatchObject([
      { event: 'house_kept', stack: 'default', attempts: 3_000, more: true },
      { event: 'house_kept', stack: 'default', attempts: 999, more: false },
    ]);
  });

  it('goes on with erasing a customer', async () => {
    await db.run(
      sql`insert into erasures (chat, cursor_seq, until_seq, created_at) values ('49100', 0, -1, 1)`,
    );
    await keepHouse(stack, NOW);
    expect(await db.all(sql`select * from erasures`)).toEqual([]);
  });
});

describe('the housekeeper', () => {
  it('works once a minute, and comes back sooner while there is more to do', async () => {
    await seedAttempts(4_000);
    const { state, keeper } = housekeeper();
    for (const later of [0, 1_000, 5_000, 20_000]) {
      state.now = NOW + later;
      await keeper.work();
    }
    expect(state.rings).toEqual([NOW + 5_000]);
    await seedAttempts(100);
    state.now = NOW + 30_000;
    await keeper.work();
    expect(await attempts()).toBeGreaterThan(1);
    state.now = NOW + 60_000;
    await keeper.work();
    expect(await attempts()).toBe(1);
  });

  it('never fails its alarm', async () => {
    vi.spyOn(db, 'all').mockRejectedValue(new Error('away'));
    vi.spyOn(db, 'size').mockResolvedValue(1);
    await housekeeper().keeper.work();
    expect(lines).toMatchObject([{ event: 'housekeeping_failed', error: 'Error: away' }]);
  });

  it('says once a day that the database is nearly full, also after a restart', async () => {
    const { state, keeper, deps } = housekeeper(withLimit(100_000));
    for (const hours of [0, 1, 2]) {
      state.now = NOW + hours * HOUR_MS;
      await (hours === 2 ? new Housekeeper(deps) : keeper).work();
    }
    expect(lines).toMatchObject([
      { event: 'database_nearly_full', stack: 'default', limit_bytes: 100_000 },
    ]);
    state.now = NOW + 24 * HOUR_MS;
    await keeper.work();
    expect(lines).toHaveLength(2);
  });

  it('has nothing to say of a database with room', async () => {
    await housekeeper(withLimit(10_000_000_000)).keeper.work();
    expect(lines).toEqual([]);
  });

  it('is at work when the alarm of the stack rings', async () => {
    await seedAttempts(10);
    const stub = env.STACK.getByName('default');
    await stub.wake();
    await runDurableObjectAlarm(stub);
    await expect.poll(attempts).toBe(1);
  });
});
