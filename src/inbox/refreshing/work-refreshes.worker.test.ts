import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WaypostError } from '../../error.ts';
import { stack } from '../media/media.test-support.ts';
import {
  askForRefresh,
  beginAnew,
  isCurrent,
  isRefreshing,
  issueRefresh,
  type RefreshKind,
  type RefreshRow,
  type RefreshStep,
} from './refresh.ts';
import { workRefreshes, type RefreshSteps } from './work-refreshes.ts';

const { db } = stack;
const HOUR_MS = 3_600_000;

const done: RefreshStep = async () => ({ writes: [], cursor: undefined });

beforeEach(async () => {
  vi.spyOn(console, 'log').mockReturnValue();
  await db.run(sql`delete from refreshes`);
  await db.run(sql`delete from groups where id > 100`);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Works with this step for templates, and with nothing to do for the others. */
function work(templates: RefreshStep, ctx = stack): Promise<void> {
  const steps: RefreshSteps = { templates, settings: done, blocked: done, webhook: done };
  return workRefreshes(ctx, steps, 5_000);
}

async function row(kind: RefreshKind = 'templates'): Promise<RefreshRow> {
  const found = await db.first<RefreshRow>(sql`select * from refreshes where kind = ${kind}`);
  if (found === undefined) throw new Error('There is no row.');
  return found;
}

function makeDue(): Promise<number> {
  return db.run(sql`update refreshes set next_at = 0 where kind = 'templates'`);
}

describe('refreshing in the background', () => {
  it('begins by itself on a new stack, and again after some hours', async () => {
    const began = Date.now();
    await work(done);
    for (const kind of ['templates', 'settings', 'blocked'] as const) {
      const { started_at, next_at, refreshed_at } = await row(kind);
      expect([started_at, Number(refreshed_at) >= began]).toEqual([null, true]);
      expect(next_at).toBeGreaterThanOrEqual(began + 4 * HOUR_MS);
    }
    const step = vi.fn(done);
    await work(step);
    expect(step).not.toHaveBeenCalled();
    await makeDue();
    await work(step);
    expect(step).toHaveBeenCalledTimes(1);
  });

  it('goes on where it was after a restart, in the same refresh', async () => {
    const seen: string[] = [];
    const step: RefreshStep = async (_, { cursor, startedAt }) => {
      seen.push(`${startedAt} ${cursor}`);
      if (cursor === '2') throw new Error('killed');
      return { writes: [], cursor: cursor === '' ? '2' : undefined };
    };
    await issueRefresh(stack, 'templates', 1_000);
    await work(step);
    expect(await row()).toMatchObject({ started_at: 1_000, cursor: '2', attempts: 1 });
    await makeDue();
    await work(async (_, run) => {
      seen.push(`${run.startedAt} ${run.cursor}`);
      return { writes: [], cursor: undefined };
    });
    expect(seen).toEqual(['1000 ', '1000 2', '1000 2']);
    expect(await isRefreshing(db, 'templates')).toBe(false);
  });

  it('takes up a step whose worker died when its lease is over', async () => {
    await issueRefresh(stack, 'templates', 1_000);
    await db.run(sql`update refreshes set next_at = ${Date.now() + 60_000}, cursor = '9'`);
    const step = vi.fn(done);
    await work(step);
    expect(step).not.toHaveBeenCalled();
    await makeDue();
    await work(step);
    expect(step).toHaveBeenCalledWith(stack, expect.objectContaining({ cursor: '9' }));
  });

  it('tries again after growing pauses, gives up after five failures, and says why', async () => {
    const fail: RefreshStep = async () => {
      throw new WaypostError('unavailable', 'WhatsApp is away.');
    };
    await issueRefresh(stack, 'templates', 1_000);
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await makeDue();
      const began = Date.now();
      await work(fail);
      pauses.push(Math.round(((await row()).next_at - began) / 30_000));
    }
    expect(pauses).toEqual([1, 2, 4, 8, (4 * HOUR_MS) / 30_000]);
    expect(await row()).toMatchObject({
      started_at: null,
      attempts: 0,
      last_error: expect.stringContaining('WhatsApp is away.'),
    });
  });

  it('begins only once, however often it is asked for', async () => {
    await issueRefresh(stack, 'templates', 1_000);
    await db.run(sql`update refreshes set cursor = '5'`);
    await issueRefresh(stack, 'templates', 2_000);
    expect(await row()).toMatchObject({ started_at: 1_000, cursor: '5' });
    await db.run(sql`update refreshes set attempts = 1`);
    await issueRefresh(stack, 'templates', 3_000);
    expect(await row()).toMatchObject({ started_at: 3_000, cursor: '', attempts: 0 });
  });

  it('writes nothing of what was overtaken by a change of ours, and begins anew', async () => {
    let isFirst = true;
    const step: RefreshStep = async (_, run) => {
      if (isFirst) await db.run(beginAnew('templates', Date.now()));
      const id = isFirst ? 101 : 102;
      isFirst = false;
      const write = sql`insert into groups (id, name) select ${id}, 'x' where ${isCurrent(run)}`;
      return { writes: [write], cursor: undefined };
    };
    await issueRefresh(stack, 'templates', 1_000);
    await work(step);
    expect(await db.all(sql`select id from groups where id > 100`)).toEqual([{ id: 102 }]);
    expect(await isRefreshing(db, 'templates')).toBe(false);
  });

  it('is asked for by webhooks only while none is under way', async () => {
    await work(done);
    await db.run(askForRefresh('templates', 5));
    expect((await row()).next_at).toBe(5);
    await db.run(sql`update refreshes set started_at = 1, next_at = 77`);
    await db.run(askForRefresh('templates', 5));
    expect((await row()).next_at).toBe(77);
  });

  it('does nothing without a key for WABA', async () => {
    const ctx = { ...stack, config: { ...stack.config, d360ApiKey: undefined } };
    await work(done, ctx);
    expect(await db.all(sql`select 1 from refreshes`)).toEqual([]);
  });

  it('never rejects', async () => {
    const errors = vi.spyOn(console, 'error').mockReturnValue();
    vi.spyOn(db, 'batch').mockRejectedValue(new Error('away'));
    await work(done);
    expect(errors).toHaveBeenCalledWith(expect.stringContaining('refreshes_failed'));
  });
});
