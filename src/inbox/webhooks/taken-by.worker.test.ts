import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { clearInbox, seedUser, stack } from '../seed.test-support.ts';
import type { EventRow } from '../events.ts';
import { shapeFor, toMatched } from './matches.ts';
import { findInterest } from './subscriptions.ts';
import { isTaken } from './taken-by.ts';

const { db } = stack;
const ROUNDS = 150;
const EVENTS_PER_ROUND = 12;

/** WABA's events more often: most of the rule is about them. */
const KINDS: readonly EventRow['kind'][] = [
  ...Array.from({ length: 6 }, () => 'waba' as const),
  'outgoing',
  'failure',
  'webhook',
  'assignment',
  'assigned',
  'resolved',
  'availability',
  'tagging',
];

/** A small generator with a seed, so that a failure comes again (mulberry32). */
function randomFrom(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}

beforeEach(async () => {
  await clearInbox();
  await db.batch([sql`delete from webhooks`, sql`delete from events`]);
});

describe('the condition in the database', () => {
  it('takes just the events that have a shape for the webhook', { timeout: 60_000 }, async () => {
    const random = randomFrom(20_261_121);
    const one = <Value>(...values: readonly Value[]): Value | undefined =>
      values[random(values.length)];
    const user = await seedUser('ann', { role: 'app' }, [1, 3]);
    const admin = await seedUser('admin', { role: 'admin' });
    const taken: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await db.batch([
        sql`delete from webhooks`,
        sql`delete from events`,
        sql`update users set is_active = ${one(1, 1, 1, 0)},
            can_read_chats = ${one('all', 'all', 'group', 'user', 'none')} where id = ${user.id}`,
        sql`insert into webhooks (user_id, url, headers, secret, on_incoming_message, on_outgoing_message,
              on_assigned, on_cloud_api, on_webhook_disabled, fields, since_seq, created_at)
            values (${user.id}, 'https://example.com/', '', '', ${random(2)}, ${random(2)}, ${random(2)},
              ${random(2)}, ${random(2)}, ${one(null, '["messages"]', '["calls","statuses"]', '[]')},
              ${random(4)}, 1)`,
        ...Array.from({ length: EVENTS_PER_ROUND }, () => insertRandomEvent()),
      ]);
      const webhook = await db.first<{ id: number }>(sql`select id from webhooks`);
      const interest = await findInterest(stack, admin, webhook?.id ?? 0);
      const rows = await db.all<EventRow & { is_taken: number }>(sql`
        select e.*, ${isTaken()} as is_taken
        from events e, webhooks w join users u on u.id = w.user_id order by e.seq`);
      expect(rows).toHaveLength(EVENTS_PER_ROUND);
      for (const row of rows) {
        const hasShape = shapeFor(interest, toMatched(row)) !== null;
        expect({ row, interest, isTaken: row.is_taken === 1 }).toEqual({
          row,
          interest,
          isTaken: hasShape,
        });
        taken.push(row.is_taken);
      }
    }
    // Neither answer is rare, or the test would say little.
    const share = taken.reduce((sum, is) => sum + is, 0) / taken.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);

    function insertRandomEvent(): ReturnType<typeof sql> {
      const chats = Array.from({ length: random(3) }, (_, index) => ({
        wa_id: `49${index}`,
        assigned_user_id: one(null, user.id, user.id + 1) ?? null,
        assigned_group_id: one(null, 1, 2) ?? null,
      }));
      return sql`
        insert into events (id, kind, created_at, fields, chats, incoming)
        values (${crypto.randomUUID()}, ${one(...KINDS)}, 1,
          ${one('["messages"]', '["statuses"]', '["messages","calls"]', '["messages","errors"]', '[]')},
          ${JSON.stringify(chats)}, ${one('[]', '["a"]', '["a","b"]')})`;
    }
  });
});
