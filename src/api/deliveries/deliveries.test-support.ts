import { sql } from 'drizzle-orm';
import { currentToken } from '../../auth/token.ts';
import type { EventRow, Receipt } from '../../events/event.ts';
import { jsonList } from '../../store/database.ts';
import type { deliveries } from '../../store/schema.ts';
import { requestApi } from '../api.test-support.ts';
import { PEOPLE, preparePeople, stack, type Who } from '../webhooks/webhooks.test-support.ts';

const { db } = stack;

/** When the seeded events are dated, in seconds. */
export const DAY = 1_760_000_000;

/** A page of the log. */
export interface Page {
  results: Record<string, unknown>[];
  next: string | null;
}

/** Stores who the tests are about and clears the log. */
export async function prepareLog(): Promise<void> {
  await preparePeople();
  await db.batch([sql`delete from attempts`, sql`delete from chat_queue`]);
}

/** Makes an enabled webhook that takes everything; returns its id. */
export async function webhook(who: Who, ordering: 'none' | 'chat' = 'none'): Promise<number> {
  const made = await db.first<{ id: number }>(sql`
    insert into webhooks (user_id, url, on_cloud_api, headers, secret, ordering, since_seq, created_at)
    values (${PEOPLE[who]}, 'https://example.com/hook', 1, '', '', ${ordering},
      (select coalesce(max(seq), 0) from events), 1) returning id`);
  return made?.id ?? 0;
}

/** What matters of an event. */
interface SeedEvent extends Partial<Pick<EventRow, 'kind' | 'created_at' | 'extended' | 'id'>> {
  chats?: readonly { wa_id: string; assigned_user_id?: number }[];
  /** The webhooks that had it at the first try, or their receipts. */
  receipts?: readonly (number | Receipt)[];
}

/** Stores an event; returns its sequence number. */
export async function event({
  receipts = [],
  chats = [],
  ...said
}: SeedEvent = {}): Promise<number> {
  const { id = crypto.randomUUID(), kind = 'waba', created_at = DAY * 1000 + 999 } = said;
  const extended = said.extended === undefined ? '{}' : said.extended;
  const list = receipts.map((one) =>
    typeof one === 'number' ? { webhook: one, status: 200, ms: 12, at: DAY * 1000 + 1500 } : one,
  );
  const made = await db.first<{ seq: number }>(sql`
    insert into events (id, kind, created_at, body, extended, fields, chats, incoming, receipts)
    values (${id}, ${kind}, ${created_at}, '{}', ${extended}, '[]', ${jsonList(chats)}, '[]',
      ${list.length === 0 ? null : JSON.stringify(list)}) returning seq`);
  return made?.seq ?? 0;
}

/** Stores many events that a webhook had at the first try. */
export async function manyEvents(count: number, webhookId: number): Promise<void> {
  await db.run(sql`
    insert into events (id, kind, created_at, body, extended, fields, chats, incoming, receipts)
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${count})
    select 'many-' || i, 'waba', ${DAY * 1000}, '{}', '{}', '[]', '[]', '[]',
      json_array(json_object('webhook', ${webhookId}, 'status', 200, 'ms', 1, 'at', 1)) from n`);
}

type DeliveryRow = typeof deliveries.$inferSelect;

/** Stores the row of a delivery; what is not said is as of one that is due for its first attempt. */
export async function row(
  webhookId: number,
  seq: number,
  delivery: Partial<DeliveryRow> = {},
): Promise<string> {
  const {
    state = 'due',
    attempts = 0,
    next_at = 0,
    last_error = null,
    replay_id = null,
  } = delivery;
  const { attempted_at = null, status = null, error = null, latency_ms = null } = delivery;
  await db.run(sql`
    insert into deliveries (webhook_id, seq, state, attempts, next_at, last_error, attempted_at, status,
      error, latency_ms, replay_id)
    values (${webhookId}, ${seq}, ${state}, ${attempts}, ${next_at}, ${last_error}, ${attempted_at},
      ${status}, ${error}, ${latency_ms}, ${replay_id})`);
  return `${webhookId}-${seq}`;
}

/** The row of a delivery. */
export async function rowOf(id: string): Promise<DeliveryRow | undefined> {
  const [webhookId, seq] = id.split('-').map(Number);
  return db.first<DeliveryRow>(
    sql`select * from deliveries where webhook_id = ${webhookId} and seq = ${seq}`,
  );
}

/** Asks as somebody for a path below `/api/v1/`, or for a link. */
export async function ask(who: Who, path: string, method = 'GET'): Promise<Response> {
  const token = await currentToken(stack, PEOPLE[who]);
  const url = new URL(path, 'https://inbox.example.com/api/v1/');
  return requestApi(stack, url, { method, headers: { authorization: `Token ${token}` } });
}

/** Reads a page of the log. */
export async function read(path = 'deliveries/', who: Who = 'admin'): Promise<Page> {
  const response = await ask(who, path);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json<Page>();
}

/** The ids of the deliveries on a page. */
export function idsOf({ results }: Page): unknown[] {
  return results.map((delivery) => delivery['id']);
}

/** Reads the log page by page to its end; `between` happens after each. */
export async function readAll(
  path: string,
  between: () => Promise<unknown> = async () => {},
): Promise<{ ids: unknown[]; pages: number }> {
  const ids: unknown[] = [];
  let pages = 0;
  for (let next: string | null = path; next !== null; pages += 1) {
    const page: Page = await read(next);
    ids.push(...idsOf(page));
    next = page.next;
    await between();
  }
  return { ids, pages };
}
