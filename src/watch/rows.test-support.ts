import { sql } from 'drizzle-orm';
import { stack } from '../inbox/seed.test-support.ts';

const { db } = stack;

/** Removes what the other helpers make and what they add up to. */
export async function clearWatched(): Promise<void> {
  const tables =
    'webhooks webhook_totals events deliveries attempts dead_letters outbox outbox_pause messages'.split(
      ' ',
    );
  for (const table of tables) await db.run(sql.raw(`delete from ${table}`));
  await db.run(sql`delete from counters where name like 'totalled%'`);
}

/** Makes a webhook; `columns` are of its row. */
export async function webhookRow(id: number, columns: Record<string, number> = {}): Promise<void> {
  await db.run(sql`insert into webhooks (id, user_id, url, headers, secret, since_seq, created_at)
    values (${id}, 1, 'https://receiver.test', '', '', 0, 1)`);
  for (const [column, value] of Object.entries(columns))
    await db.run(sql`update webhooks set ${sql.raw(column)} = ${value} where id = ${id}`);
}

/** Makes a pending delivery that is due at `nextAt` (milliseconds). */
export async function dueRow(webhook: number, seq: number, nextAt: number): Promise<void> {
  await db.run(sql`insert into deliveries (webhook_id, seq, state, attempts, next_at)
    values (${webhook}, ${seq}, 'due', 1, ${nextAt})`);
}

/** WhatsApp has taken no message since 1970; the next try is at `nextAt` (milliseconds). */
export async function outboxPause(nextAt: number): Promise<void> {
  const error = { code: 133010, title: 'Account not registered', message: '(#133010) No' };
  await db.run(sql`insert into outbox_pause (id, error, since_at, next_at, strikes)
    values (1, ${JSON.stringify(error)}, 0, ${nextAt}, 1)`);
}

/** Makes an open event of `createdAt` (milliseconds). */
export async function openEvent(createdAt: number): Promise<void> {
  await db.run(sql`insert into events (id, kind, created_at, open, fields, chats, incoming)
    values ('open', 'waba', ${createdAt}, 1, '[]', '[]', '[]')`);
}

/** Makes a closed event with a receipt per webhook and duration (milliseconds). */
export async function delivered(...receipts: [webhook: number, ms: number][]): Promise<void> {
  const list = receipts.map(([webhook, ms]) => ({ webhook, status: 200, ms, at: 1 }));
  await db.run(sql`insert into events (id, kind, created_at, fields, chats, incoming, receipts)
    values ('closed', 'waba', 1, '[]', '[]', '[]', ${JSON.stringify(list)})`);
}

/** Makes a failed attempt. */
export async function failedAttempt(webhook: number, seq: number, ms: number): Promise<void> {
  await db.run(sql`
    insert into attempts (seq, webhook_id, at, number, status, latency_ms, request_headers)
    values (${seq}, ${webhook}, 1, 1, 500, ${ms}, '{}')`);
}

/** Makes a dead letter. */
export async function deadLetter(message: string): Promise<void> {
  await db.run(
    sql`insert into dead_letters (message, error, created_at) values (${message}, 'Error', 1)`,
  );
}
