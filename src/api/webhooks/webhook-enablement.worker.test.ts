import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { call, make, preparePeople, stack } from './webhooks.test-support.ts';

beforeEach(preparePeople);

describe('a webhook that was disabled, paused or slow', () => {
  const GONE = { is_enabled: 0, disabled_reason: 'The receiver answered 410.', slow_since: 5 };
  const FRESH = { is_enabled: 1, disabled_reason: null, slow_since: null };
  const PAUSED = { is_enabled: 0, disabled_reason: null, slow_since: null };
  const SLOW = { is_enabled: 1, disabled_reason: null, slow_since: 5 };

  it.each<[string, object, object, object]>([
    ['is_enabled enables what a 410 disabled', GONE, { is_enabled: true }, FRESH],
    ['another URL enables what a 410 disabled', GONE, { url: 'https://example.com/2' }, FRESH],
    ['the same URL does not', GONE, { url: 'https://example.com/hook' }, GONE],
    ['another flag does not', GONE, { on_assigned: true }, GONE],
    ['another URL does not end a pause', PAUSED, { url: 'https://example.com/2' }, PAUSED],
    ['is_enabled ends a pause', PAUSED, { is_enabled: true }, FRESH],
    ['is_enabled pauses', FRESH, { is_enabled: false }, PAUSED],
    ['another URL has not been slow', SLOW, { url: 'https://example.com/2' }, FRESH],
    ['enabling what is enabled leaves it slow', SLOW, { is_enabled: true }, SLOW],
    [
      'another URL with is_enabled false stays disabled, for no reason of the old one',
      GONE,
      { url: 'https://example.com/2', is_enabled: false },
      PAUSED,
    ],
  ])('%s', async (_promise, before, change, after) => {
    const { id } = await make('ann');
    const [enabled, reason, slow] = Object.values(before);
    await stack.db.run(sql`
      update webhooks set is_enabled = ${enabled}, disabled_reason = ${reason}, slow_since = ${slow}
      where id = ${id}`);
    expect((await call('ann', 'PATCH', `${id}/`, change)).status).toBe(200);
    const row = await stack.db.first(sql`select * from webhooks where id = ${id}`);
    expect(row).toMatchObject(after);
  });
});

describe('the pending deliveries of a webhook', () => {
  const LATER = Date.now() + 3_600_000;

  async function nextAtAfter(changes: object[]): Promise<unknown[]> {
    const { id } = await make('ann');
    await stack.db.run(sql`
      insert into deliveries (webhook_id, seq, state, attempts, next_at)
      values (${id}, 1, 'due', 4, ${LATER}), (${id}, 2, 'dead', 13, 7), (${id + 1}, 1, 'due', 1, 8)`);
    for (const change of changes) await call('ann', 'PATCH', `${id}/`, change);
    const rows = await stack.db.all<{ next_at: number }>(
      sql`select next_at from deliveries order by webhook_id, seq`,
    );
    return rows.map((row) => row.next_at);
  }

  const NOW = expect.closeTo(Date.now(), -5);

  it.each<[string, object[], unknown]>([
    ['are kept while it is disabled', [{ is_enabled: false }], Number.MAX_SAFE_INTEGER],
    ['are due at once when it is enabled', [{ is_enabled: false }, { is_enabled: true }], NOW],
    ['are due at once at another URL', [{ url: 'https://example.com/2' }], NOW],
    [
      'are kept at another URL while it is disabled',
      [{ is_enabled: false }, { url: 'https://example.com/2' }],
      Number.MAX_SAFE_INTEGER,
    ],
    ['wait on through any other change', [{ on_assigned: true, is_enabled: true }], LATER],
  ])('%s', async (_promise, changes, expected) => {
    expect(await nextAtAfter(changes)).toEqual([expected, 7, 8]);
  });
});
