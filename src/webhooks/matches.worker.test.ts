import { isTaken } from './matches.ts';
import { sql } from 'drizzle-orm';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { clearInbox, seedUser, stack } from '../inbox/seed.test-support.ts';
import { EVENT_KINDS } from '../events/kinds.ts';
import type { EventRow } from '../events/event.ts';
import { shapeFor, toMatched } from './matches.ts';
import { findInterest } from './subscriptions.ts';

const { db } = stack;

/** WABA's events more often: most of the rule is about them. */
const KINDS = [...EVENT_KINDS, ...Array.from({ length: 5 }, () => 'waba' as const)];

beforeEach(async () => {
  await clearInbox();
  await db.batch([sql`delete from webhooks`, sql`delete from events`]);
});

describe('the condition in the database', () => {
  it('takes just the events that have a shape for the webhook', { timeout: 60_000 }, async () => {
    const ann = await seedUser('ann', { role: 'app' }, [1, 3]);
    const admin = await seedUser('admin', { role: 'admin' });
    const bit = fc.nat(1);
    const round = fc.record({
      isActive: fc.constantFrom(1, 1, 1, 0),
      reads: fc.constantFrom('all', 'all', 'group', 'user', 'none'),
      wants: fc.tuple(bit, bit, bit, bit, bit),
      fields: fc.constantFrom(null, '["messages"]', '["calls","statuses"]', '[]'),
      sinceSeq: fc.nat(3),
      dialect: fc.constantFrom('getchat', 'getchat', 'getchat', 'chattu'),
      named: fc.constantFrom('["message_received"]', '["message_received","message_sent"]'),
    });
    const chat = fc.record({
      wa_id: fc.constantFrom('490', '491'),
      assigned_user_id: fc.constantFrom(null, ann.id, ann.id + 1),
      assigned_group_id: fc.constantFrom(null, 1, 2),
    });
    const event = fc.record({
      kind: fc.constantFrom(...KINDS),
      fields: fc.constantFrom(
        '["messages"]',
        '["statuses"]',
        '["messages","calls"]',
        '["messages","errors"]',
        '[]',
      ),
      chats: fc.array(chat, { maxLength: 2 }),
      incoming: fc.constantFrom('[]', '["a"]', '["a","b"]'),
    });
    const events = fc.array(event, { minLength: 12, maxLength: 12 });
    const taken: number[] = [];
    const isAlike = fc.asyncProperty(round, events, async ({ wants, ...one }, all) => {
      await db.batch([
        sql`delete from webhooks`,
        sql`delete from events`,
        sql`update users set is_active = ${one.isActive}, can_read_chats = ${one.reads} where id = ${ann.id}`,
        sql`insert into webhooks (user_id, url, headers, secret, on_incoming_message, on_outgoing_message,
              on_assigned, on_cloud_api, on_webhook_disabled, fields, since_seq, created_at, dialect, dialect_events)
            values (${ann.id}, 'https://example.com/', '', '', ${wants[0]}, ${wants[1]}, ${wants[2]},
              ${wants[3]}, ${wants[4]}, ${one.fields}, ${one.sinceSeq}, 1, ${one.dialect}, ${one.named})`,
        ...all.map(
          ({ kind, fields, chats, incoming }) => sql`
            insert into events (id, kind, created_at, fields, chats, incoming)
            values (${crypto.randomUUID()}, ${kind}, 1, ${fields}, ${JSON.stringify(chats)}, ${incoming})`,
        ),
      ]);
      const webhook = await db.first<{ id: number }>(sql`select id from webhooks`);
      const interest = await findInterest(stack, admin, webhook?.id ?? 0);
      const rows = await db.all<EventRow & { is_taken: number }>(sql`
        select e.*, ${isTaken()} as is_taken
        from events e, webhooks w join users u on u.id = w.user_id order by e.seq`);
      expect(rows).toHaveLength(all.length);
      for (const row of rows) {
        const hasShape = shapeFor(interest, toMatched(row)) !== null;
        expect({ row, interest, isTaken: row.is_taken === 1 }).toEqual({
          row,
          interest,
          isTaken: hasShape,
        });
        taken.push(row.is_taken);
      }
    });
    await fc.assert(isAlike, { numRuns: 150, seed: 20_261_121 });
    // Neither answer is rare, or the test would say little.
    const share = taken.reduce((sum, is) => sum + is, 0) / taken.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
  });
});
