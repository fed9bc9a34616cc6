import { sql } from 'drizzle-orm';
import { seal } from '../../auth/secret-box.ts';
import type { User } from '../../auth/user.ts';
import type { EventRow, Receipt } from '../../events/event.ts';
import { clearInbox, seedUser, stack } from '../../inbox/seed.test-support.ts';

export { stack };

const { db } = stack;

/** When the first event of a test was written (milliseconds); each is a second younger than the one before. */
export const FIRST_AT = 1_760_000_000_000;

/** Clears what tests before left, and makes the user whose webhooks the tests are about. */
export async function prepareReplays(): Promise<User> {
  await clearInbox();
  for (const table of ['webhooks', 'deliveries', 'attempts', 'events', 'chat_queue', 'replays'])
    await db.run(sql.raw(`delete from ${table}`));
  return seedUser('ann', { role: 'app' });
}

/** Makes a webhook that takes WABA's bodies; `columns` are columns of its row. Returns its id. */
export async function seedWebhook(
  user: User,
  columns: Record<string, unknown> = { on_cloud_api: 1 },
): Promise<number> {
  const sealed = await seal(stack.config, '{}');
  const row = await db.first<{ id: number }>(sql`
    insert into webhooks (user_id, url, headers, secret, since_seq, created_at)
    values (${user.id}, 'https://example.com/hook', ${sealed}, ${sealed}, 0, 1) returning id`);
  const id = row?.id ?? 0;
  for (const [column, value] of Object.entries(columns))
    await db.run(sql`update webhooks set ${sql.raw(column)} = ${value} where id = ${id}`);
  return id;
}

/** Stores an event that was closed long ago; returns its sequence number. */
export async function seedEvent(
  event: Partial<EventRow> & { about?: readonly string[]; receiptOf?: number } = {},
): Promise<number> {
  const { kind = 'waba', open = null, about = ['491'], receiptOf } = event;
  const chats = about.map((wa_id) => ({ wa_id, assigned_user_id: null, assigned_group_id: null }));
  const receipt: Receipt[] | null =
    receiptOf === undefined ? null : [{ webhook: receiptOf, status: 200, ms: 5, at: FIRST_AT }];
  const row = await db.first<{ seq: number }>(sql`
    insert into events (id, kind, created_at, open, body, extended, fields, chats, incoming, receipts)
    values (${crypto.randomUUID()}, ${kind},
      ${event.created_at ?? FIRST_AT}, ${open}, '{}', '{"messages":[{}]}', '["messages"]',
      ${JSON.stringify(chats)}, '["m"]', ${receipt && JSON.stringify(receipt)}) returning seq`);
  return row?.seq ?? 0;
}

/** Stores many events at once, `FIRST_AT` and a second later each. */
export async function seedEvents(count: number, kind: EventRow['kind'] = 'waba'): Promise<void> {
  await db.run(sql`
    insert into events (id, kind, created_at, body, extended, fields, chats, incoming)
    with recursive n (i) as (select 0 union all select i + 1 from n where i < ${count - 1})
    select 'many-' || i, ${kind}, ${FIRST_AT} + i * 1000, '{}', '{}', '["messages"]',
      '[{"wa_id":"491","assigned_user_id":null,"assigned_group_id":null}]', '["m"]' from n`);
}

/** Gives an event a row in `deliveries`. */
export async function seedDelivery(webhook: number, seq: number, state: string): Promise<void> {
  await db.run(sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
    values (${webhook}, ${seq}, ${state}, 3, 1)`);
}

/** What is queued of a webhook: the sequence numbers that a replay has made due, in order. */
export async function queuedBy(replay: number): Promise<number[]> {
  const rows = await db.all<{ seq: number }>(
    sql`select seq from deliveries where replay_id = ${replay} order by seq`,
  );
  return rows.map(({ seq }) => seq);
}
