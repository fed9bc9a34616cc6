import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openStack } from '../store/open-stack.ts';
import { findWaiting } from './sweep.ts';

const { db } = openStack(env, 'default');
const NOW = 1_760_000_000_000;

/** Lets every kind be due at a time (milliseconds), but for templates. */
async function setDue(nextAt: number, templatesAt = nextAt): Promise<void> {
  await db.run(sql`insert into refreshes (kind, next_at)
    select value, iif(value = 'templates', ${templatesAt}, ${nextAt})
    from json_each('["templates","settings","blocked","webhook"]')`);
}

async function isFound(now: number): Promise<boolean> {
  return (await findWaiting(db, now)).hasRefresh;
}

beforeEach(async () => {
  await db.run(sql`delete from refreshes`);
});

afterEach(() => {
  vi.restoreAllMocks();
});

it('a stack that has fetched nothing yet has something due', async () => {
  expect(await isFound(NOW)).toBe(true);
});

it('something is due as soon as one of the kinds is', async () => {
  await setDue(NOW + 60_000, NOW + 1);
  expect([await isFound(NOW), await isFound(NOW + 1)]).toEqual([false, true]);
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
