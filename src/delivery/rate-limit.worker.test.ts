import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
  answers,
  deliveries,
  event,
  eventBell,
  OK,
  reported,
  requests,
  ring,
  stack,
  subscribe,
  useLanes,
  webhookBell,
} from './lanes.test-support.ts';

useLanes();
const { db } = stack;

/** Remembers when each request came in, in milliseconds. */
function timed(times: number[]): () => Promise<Response> {
  return () => {
    times.push(Date.now());
    return OK();
  };
}

describe('a webhook with a rate limit', () => {
  it('gets no more in any second, though consumers race for it', async () => {
    const times: number[] = [];
    answers['calm.test'] = timed(times);
    const id = await subscribe('calm.test', { on_cloud_api: 1, rate_limit: 10 });
    const seqs: number[] = [];
    for (let count = 0; count < 30; count += 1) seqs.push(await event());
    await ring(...seqs.slice(0, 15).map(eventBell));
    await ring(...seqs.slice(15).map(eventBell));
    const bells = Array.from({ length: 5 }, () => ring(webhookBell(id)));
    await Promise.all(bells);
    expect(times).toHaveLength(30);
    for (const [index, time] of times.entries()) {
      expect((times[index + 10] ?? Infinity) - time).toBeGreaterThanOrEqual(1_000);
    }
  });

  it('that is used up says when it is free, and what waits uses up no attempt', async () => {
    answers['calm.test'] = OK;
    const id = await subscribe('calm.test', {
      on_cloud_api: 1,
      rate_limit: 2,
      rate_limit_per: 'minute',
    });
    const seqs = [await event(), await event(), await event()];
    await ring(...seqs.map(eventBell));
    await ring(webhookBell(id));
    await ring(webhookBell(id));
    expect(requests).toHaveLength(2);
    expect(await deliveries()).toMatchObject([
      { state: 'delivered' },
      { state: 'delivered' },
      { state: 'due', attempts: 0 },
    ]);
    expect(reported.at(-1)).toBeGreaterThan(Date.now() + 59_000);
    expect(reported.at(-1)).toBeLessThan(Date.now() + 64_000);
  });

  it('whose run died gets nothing until what that may have used is free again', async () => {
    answers['calm.test'] = OK;
    const id = await subscribe('calm.test', {
      on_cloud_api: 1,
      rate_limit: 2,
      rate_limit_per: 'minute',
    });
    await ring(eventBell(await event()));
    answers['calm.test'] = () => new Promise(() => undefined);
    void ring(webhookBell(id));
    await expect.poll(() => requests.length).toBe(1);
    const turn = await db.first<{ turn_until: number }>(sql`select turn_until from webhooks`);
    expect(turn?.turn_until).toBeGreaterThan(Date.now() + 60_000 + 15_000);
  });
});
