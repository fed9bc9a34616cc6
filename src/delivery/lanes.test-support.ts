import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { ensureFirstAdmin } from '../auth/first-admin.ts';
import { seal } from '../auth/secret-box.ts';
import type { QueueMessage } from '../bindings.ts';
import type { OtherDialect } from '../dialect-names.ts';
import { post } from '../ingest/post-body.test-support.ts';
import { messageBody } from '../ingest/sample-bodies.test-support.ts';
import { openStack } from '../store/open-stack.ts';
import { consume, type ConsumerDeps } from '../queue/consume.ts';
import type { WebhookDialect } from '../webhooks/dialect.ts';
import type { DeliveryBells } from './report-due-work.ts';
import { newWebhookSecret } from '../outbound/signature.ts';

/** The default stack of the test environment. */
export const stack = openStack(env, 'default');
const { db } = stack;
/** Webhooks that the slow lane was rung for. */
export const rung: number[] = [];
/** Times at which something was said to be due (milliseconds). */
export const reported: number[] = [];
/** When somebody was told of events that delivery itself has written (milliseconds). */
export const announced: number[] = [];
let ids = 0;

/** Notes what is rung. */
export const bells: DeliveryBells = {
  ringWebhooks: async (_stack, webhooks) => void rung.push(...webhooks),
  announce: async () => void announced.push(Date.now()),
  reportDue: async (_stack, nextAt) => void reported.push(nextAt),
};

/** Where WABA is, as one of the hosts that answer. */
export const WABA_HOST = 'waba.example';

const deps: ConsumerDeps = {
  openStack: (name) => {
    const opened = openStack(env, name);
    return { ...opened, config: { ...opened.config, wabaApiUrl: `https://${WABA_HOST}` } };
  },
  ...bells,
  get dialects() {
    return dialects;
  },
};

/** The dialects that the lanes speak; a test may add one. */
export const dialects: Partial<Record<OtherDialect, WebhookDialect>> = {};

/** How each host answers; a host that is not here cannot be reached. */
export const answers: Record<string, () => Promise<Response>> = {};
/** What receivers were sent, in order. */
export const requests: { host: string; headers: Headers; body: string }[] = [];

const TABLES = [
  'webhooks',
  'deliveries',
  'attempts',
  'dead_letters',
  'chat_queue',
  'events',
  'marks',
  'refreshes',
];

/** Registers what every test of the lanes needs: an admin, receivers in the place of the network, a clean stack. */
export function useLanes(): void {
  beforeAll(async () => {
    await ensureFirstAdmin(stack);
  });

  beforeEach(() => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const { host } = new URL(new Request(input).url);
      requests.push({
        host,
        headers: new Headers(init?.headers),
        body: await new Response(init?.body).text(),
      });
      const answer = answers[host];
      if (answer === undefined) throw new TypeError('Network connection lost.');
      return answer();
    });
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    for (const table of TABLES) await db.run(sql.raw(`delete from ${table}`));
    for (const list of [rung, reported, announced, requests]) list.splice(0);
  });
}

/** Makes a webhook of the first admin's and returns its id; `flags` are columns of its row. */
export async function subscribe(
  host: string,
  flags: object = { on_cloud_api: 1 },
): Promise<number> {
  const row = await db.first<{ id: number }>(sql`
    insert into webhooks (user_id, url, headers, secret, since_seq, created_at)
    values (1, ${`https://${host}/hook`}, ${await seal(stack.config, '{"x-key":"k"}')},
      ${await seal(stack.config, newWebhookSecret())}, 0, 1) returning id`);
  for (const [flag, value] of Object.entries(flags)) {
    await db.run(sql`update webhooks set ${sql.raw(flag)} = ${value} where id = ${row?.id}`);
  }
  return row?.id ?? 0;
}

/** Lets WABA tell of a message; returns the event's sequence number. */
export async function event(): Promise<number> {
  return eventFrom(
    messageBody(`wamid.consume.${(ids += 1)}`, { type: 'text', text: { body: 'x' } }),
  );
}

/** Lets WABA post a body now; returns the event's sequence number. */
export async function eventFrom(body: object | string): Promise<number> {
  const written = await post(body, Date.now());
  return written?.seq ?? 0;
}

/** How each message of a batch ended, by its position. */
export interface Ended {
  acked: string[];
  retried: string[];
}

/** Hands a batch of doorbells to the consumer; returns how each message ended. */
export async function ring(...bodies: object[]): Promise<Ended> {
  return ringIn({}, ...bodies);
}

/** The same for another queue, and for messages that were tried before. */
export async function ringIn(
  { queue = 'waypost-events', attempts = 1 }: { queue?: string; attempts?: number },
  ...bodies: object[]
): Promise<Ended> {
  const messages = bodies.map((body, index) => ({
    id: String(index),
    timestamp: new Date(),
    attempts,
    body: body as QueueMessage,
  }));
  const batch = createMessageBatch<QueueMessage>(queue, messages);
  const ctx = createExecutionContext();
  await consume(batch, ctx, deps);
  const result = await getQueueResult(batch, ctx);
  await waitOnExecutionContext(ctx);
  return {
    acked: result.explicitAcks,
    retried: result.retryMessages.map((message) => message.msgId),
  };
}

/** The doorbell of an event. */
export function eventBell(seq: number): QueueMessage {
  return { kind: 'event', stack: 'default', seq };
}

/** The rows of deliveries that did not succeed at the first try. */
export async function deliveries(): Promise<unknown[]> {
  return db.all(
    sql`select webhook_id, seq, state, attempts from deliveries order by seq, webhook_id`,
  );
}

/** A receiver that takes everything. */
export const OK = (): Promise<Response> => Promise.resolve(new Response('ok'));
/** A receiver that answers with a status. */
export const STATUS = (status: number) => (): Promise<Response> =>
  Promise.resolve(new Response(null, { status }));

/** The doorbell of a webhook with due deliveries. */
export function webhookBell(webhook: number): QueueMessage {
  return { kind: 'webhook', stack: 'default', webhook };
}

/** An event about some chats, without going through ingest; returns its sequence number. */
export async function eventOf(...chats: string[]): Promise<number> {
  const about = chats.map((wa_id) => ({ wa_id, assigned_user_id: null, assigned_group_id: null }));
  const row = await db.first<{ seq: number }>(sql`
    insert into events (id, kind, created_at, open, extended, fields, chats, incoming)
    values (${crypto.randomUUID()}, 'waba', ${Date.now()}, 1, '{"statuses":[{}]}', '["messages"]',
      ${JSON.stringify(about)}, '[]')
    returning seq`);
  return row?.seq ?? 0;
}

/** The sequence numbers of what receivers were sent, in order. */
export function received(): number[] {
  return requests.map(({ headers }) => Number(headers.get('waypost-sequence')));
}
