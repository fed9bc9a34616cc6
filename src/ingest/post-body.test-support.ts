import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { openStack } from '../store/open-stack.ts';
import { Gathering } from './gathering.ts';
import { ingest } from './ingest.ts';
import { readCall, type ReadCall } from './read-call.ts';
import type { Ingested } from './record-calls.ts';
import { recordTogether } from './record-calls.ts';
import { cloudBody } from './sample-bodies.test-support.ts';

export const stack = openStack(env, 'default');
export const NOW = 1_760_000_200_000;

/** WABA's request with a body, and with headers beside its token. */
export function wabaRequest(body: object | string, headers: Record<string, string> = {}): Request {
  return new Request('http://waypost.test/waba/webhook', {
    method: 'POST',
    headers: { authorization: 'Bearer test-webhook-token', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Lets WABA post a body; returns what was written. */
export function post(body: object | string, now = NOW): Promise<Ingested | undefined> {
  return ingest(wabaRequest(body), stack, now);
}

const gathered = new Gathering((reads: readonly ReadCall[]) => recordTogether(reads, stack), {
  maxItems: 25,
  minRoundMs: 0,
  sleep: () => Promise.resolve(),
});

/** As `post`, but stored together with what is posted at the same time. */
export async function postTogether(
  body: object | string,
  now = NOW,
): Promise<Ingested | undefined> {
  return gathered.add(await readCall(wabaRequest(body), stack.config, now));
}

/** Empties every table that an ingest writes, and sets the counters to zero. */
export async function emptyStack(): Promise<void> {
  const tables = [
    'chat_aliases',
    'events',
    'messages',
    'statuses',
    'chats',
    'marks',
    'users',
    'media',
    'outbox',
  ];
  for (const table of [...tables, 'waba_errors', 'messages_search', 'chats_search'])
    await stack.db.run(sql.raw(`delete from ${table}`));
  await stack.db.run(sql`update counters set value = 0`);
}

/** A body of messages, with the contacts that came with them. */
export function messages(items: object[], contacts: object[] = []): object {
  return cloudBody('messages', { ...(contacts.length > 0 ? { contacts } : {}), messages: items });
}

/** A text; `sender` holds `from`, `from_user_id` or both. */
export function text(id: string, sender: object, body = 'x'): object {
  return { ...sender, id, timestamp: '5', type: 'text', text: { body } };
}

/** WhatsApp's word that a customer has another number. */
export function changedNumber(id: string, from: string, to: string, extra: object = {}): object {
  const system = { type: 'user_changed_number', body: 'x', wa_id: to, ...extra };
  return { from, id, timestamp: '6', type: 'system', system };
}

/** Every chat: key, user id, how many messages came from the customer and how many there are. */
export function storedChats(): Promise<unknown[]> {
  return stack.db.all(
    sql`select wa_id, user_id, inbound_count, message_count from chats order by wa_id`,
  );
}

/** Which chat each message lies in, and its ordinal there. */
export function storedMessages(): Promise<unknown[]> {
  return stack.db.all(sql`select waba_id, chat, ordinal from messages order by chat, ordinal`);
}

/** What the database counts of chats or messages. */
export async function counter(name: 'chats' | 'messages'): Promise<number | undefined> {
  const row = await stack.db.first<{ value: number }>(
    sql`select value from counters where name = ${name}`,
  );
  return row?.value;
}
