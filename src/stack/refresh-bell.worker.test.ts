import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStack } from '../store/open-stack.ts';
import { RefreshBell } from './refresh-bell.ts';

const { db } = openStack(env, 'default');
const NOW = 1_760_000_000_000;
const MINUTE_MS = 60_000;
const ring = vi.fn(async () => undefined);

function bell(hasKey = true): RefreshBell {
  return new RefreshBell({ db, hasKey, ring });
}

/** Lets every kind be due at a time (milliseconds), but for templates. */
async function setDue(nextAt: number, templatesAt = nextAt): Promise<void> {
  await db.run(sql`insert into refreshes (kind, next_at) select value, iif(value = 'templates', ${templatesAt}, ${nextAt})
    from json_each('["templates","settings","blocked","webhook"]')`);
}

beforeEach(async () => {
  ring.mockReset();
  await db.run(sql`delete from refreshes`);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the bell for what is fetched from WABA', () => {
  it('rings for a stack that has fetched nothing yet', async () => {
    await bell().ringIfDue(NOW);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('rings where one of the kinds is due, and not before', async () => {
    await setDue(NOW + 5 * MINUTE_MS, NOW + 1);
    await bell().ringIfDue(NOW);
    expect(ring).not.toHaveBeenCalled();
    await bell().ringIfDue(NOW + 1);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('rings once in a while only while something stays due, and at each alarm of a minute', async () => {
    await setDue(NOW);
    const one = bell();
    for (const at of [NOW, NOW + 1_000, NOW + 49_000]) await one.ringIfDue(at);
    expect(ring).toHaveBeenCalledTimes(1);
    await one.ringIfDue(NOW + MINUTE_MS);
    expect(ring).toHaveBeenCalledTimes(2);
  });

  it('rings at the next look where the queue was away', async () => {
    await setDue(NOW);
    ring.mockRejectedValueOnce(new Error('away'));
    const one = bell();
    await expect(one.ringIfDue(NOW)).rejects.toThrow('away');
    await one.ringIfDue(NOW + 1_000);
    expect(ring).toHaveBeenCalledTimes(2);
  });

  it('does not ring where there is no key for WABA', async () => {
    await bell(false).ringIfDue(NOW);
    expect(ring).not.toHaveBeenCalled();
  });
});

it('an alarm of the Stack object sees to it that what is due is fetched, by the queue', async () => {
  for (const level of ['log', 'error'] as const) vi.spyOn(console, level).mockReturnValue();
  await setDue(NOW);
  const stub = env.STACK.getByName('default');
  await stub.wake();
  await runDurableObjectAlarm(stub);
  // The WABA of the tests cannot be reached, so an attempt that failed tells of the one that was made.
  await expect
    .poll(() => db.all(sql`select kind from refreshes where attempts = 1 order by kind`))
    .toEqual([{ kind: 'blocked' }, { kind: 'settings' }, { kind: 'templates' }]);
});
