import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureFirstAdmin } from '../../auth/first-admin.ts';
import type { QueueMessage } from '../../bindings.ts';
import { consume } from '../../queue/consume.ts';
import { newWebhookSecret } from '../../outbound/signature.ts';
import { ingest } from '../../ingest/ingest.ts';
import { wabaRequest } from '../../ingest/post-body.test-support.ts';
import { messageBody } from '../../ingest/sample-bodies.test-support.ts';
import type { StackContext } from '../../store/open-stack.ts';
import { requestApi } from '../api.test-support.ts';
import { stack as base } from './webhooks.test-support.ts';

const PASSWORD = 'plum-Gasket-4711-harbour';
const stack: StackContext = { ...base, config: { ...base.config, adminPassword: PASSWORD } };
const { db } = stack;

const HEADER_VALUES = ['Token first-header-value', 'second-header-value', 'third-header-value'];
const URL_SECRET = 'shared-secret-of-the-url';
const APP_SECRET = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const URL_PASSWORD = 'battery staple/4711';
/** As the header has it, and as the URL had it. */
const OF_THE_URL = [btoa(`kim:${URL_PASSWORD}`), encodeURIComponent(URL_PASSWORD)];
const OWN_SECRETS = [newWebhookSecret(), newWebhookSecret()] as const;

const answers: string[] = [];
const logged: string[] = [];
/** What the receivers were sent, to know that the secrets were in use at all. */
const received: Headers[] = [];
let token = '';
let secrets: string[] = [];
let dump = '';

/** Asks the API as the admin and keeps the whole answer, its headers too. */
async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await requestApi(stack, `https://inbox.example.com/api/v1/${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Token ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  answers.push(`${JSON.stringify([...response.headers])}\n${text}`);
  return text === '' ? {} : JSON.parse(text);
}

/** Receivers that give back all they were sent, in the ways that a receiver has. */
async function echo(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const headers = new Headers(init?.headers);
  received.push(headers);
  const all = JSON.stringify([...headers]);
  if (new Request(input).url.includes('breaks')) throw new TypeError(`Connection lost: ${all}`);
  return new Response(all, { status: 500, statusText: 'Down', headers: { 'x-echo': all } });
}

async function ring(body: QueueMessage): Promise<void> {
  const message = { id: '1', timestamp: new Date(), attempts: 1, body };
  const batch = createMessageBatch<QueueMessage>('waypost-events', [message]);
  const ctx = createExecutionContext();
  await consume(batch, ctx, {
    openStack: () => stack,
    ringWebhooks: async () => {},
    announce: async () => {},
    reportDue: async () => {},
    dialects: {},
  });
  await getQueueResult(batch, ctx);
  await waitOnExecutionContext(ctx);
}

async function takeMessage(id: string): Promise<void> {
  const text = { type: 'text', text: { body: 'a message in the dump' } };
  const written = await ingest(wabaRequest(messageBody(id, text)), stack, Date.now());
  if (written === undefined) throw new Error('nothing was written');
  await ring({ kind: 'event', stack: 'default', seq: written.seq });
}

/** Every row of every table; bytes as the text that they would show as. */
async function dumpDatabase(): Promise<string> {
  // D1 keeps tables of its own there, which nobody may read.
  const tables = await db.all<{ name: string }>(sql`
    select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'`);
  const rows = await Promise.all(
    tables.map(({ name }) => db.all<object>(sql.raw(`select * from "${name}"`))),
  );
  return rows
    .flat(2)
    .flatMap((row) => Object.values(row))
    .map(shown)
    .join('\n');
}

function shown(value: unknown): string {
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('latin1');
  return Array.isArray(value) ? Buffer.from(value).toString('latin1') : String(value);
}

/** The log's ids of all that was delivered in vain. */
async function deliveryIds(): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`select webhook_id || '-' || seq as id from deliveries`,
  );
  return rows.map(({ id }) => id);
}

/** A life of two webhooks: made, shown, changed, given new secrets, tested, delivered to in vain. */
beforeAll(async () => {
  for (const method of ['log', 'error', 'warn', 'info', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      logged.push(parts.map((part) => (part instanceof Error ? part.stack : part)).join(' '));
    });
  }
  vi.stubGlobal('fetch', echo);
  for (const table of ['users', 'webhooks', 'deliveries', 'events'])
    await db.run(sql.raw(`delete from ${table}`));
  await ensureFirstAdmin(stack);
  await ask('POST', 'auth/token/', { username: 'admin', password: `${PASSWORD}!` });
  const signedIn = await ask('POST', 'auth/token/', { username: 'admin', password: PASSWORD });
  token = String(signedIn['token']);

  const made = await ask('POST', 'webhooks/waba/', {
    url: `https://receiver.test/hook?auth=${URL_SECRET}`,
    on_cloud_api: true,
    headers: { Authorization: HEADER_VALUES[0] },
    app_secret: APP_SECRET,
  });
  const own = await ask('POST', 'webhooks/waba/', {
    url: 'https://breaks.test/hook',
    on_incoming_message: true,
    headers: { 'X-Key': HEADER_VALUES[1] },
    secret: OWN_SECRETS[0],
  });
  const paths = [made, own].map(({ id }) => `webhooks/waba/${Number(id)}/`);
  secrets = [made, own].map(({ secret }) => String(secret));
  for (const path of paths) {
    await ask('GET', path);
    await ask('PATCH', path, { on_assigned: true, schedule: 'long' });
    await ask('PATCH', path, { headers: { 'X-Wrong': `${HEADER_VALUES[2]}\r\n` } });
    await ask('POST', `${path}test/`);
    await ask('POST', `${path}rotate_secret/`, { secret: `${OWN_SECRETS[1]}A` });
  }
  const [path = '', ownPath = ''] = paths;
  const rotated = [
    await ask('POST', `${path}rotate_secret/`),
    await ask('POST', `${ownPath}rotate_secret/`, { secret: OWN_SECRETS[1], grace_seconds: 60 }),
  ];
  secrets.push(...rotated.map(({ secret }) => String(secret)));
  await ask('POST', `${ownPath}rotate_secret/`, { secret: OWN_SECRETS[1] });
  await ask('PUT', ownPath, {
    url: 'https://breaks.test/other',
    on_cloud_api: true,
    headers: { 'X-Key': HEADER_VALUES[2] },
  });
  await takeMessage('wamid.secrecy.1');
  // A new URL makes what failed due at once.
  await ask('PATCH', path, { url: `https://receiver.test/new?auth=${URL_SECRET}` });
  const [, escaped] = OF_THE_URL;
  await ask('PATCH', ownPath, { url: `https://kim:${escaped}@breaks.test/other` });
  await ring({ kind: 'webhook', stack: 'default', webhook: Number(made['id']) });
  await ask('POST', `${path}test/`);
  dump = await dumpDatabase();
  await db.run(sql`update webhooks set old_secret = 'v1.broken' where old_secret is not null`);
  await takeMessage('wamid.secrecy.2');
  await ask('GET', 'webhooks/waba/');
  await ask('GET', 'users/');
  await ask('GET', 'deliveries/');
  for (const id of await deliveryIds()) await ask('GET', `deliveries/${id}/`);
  await ask('GET', 'dead_letters/');
});

afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Which of the needles, in whole or without `whsec_`, a text has in it. */
function foundIn(text: string, needles: readonly string[]): string[] {
  return needles.filter((needle) => text.includes(needle.replace(/^whsec_|=+$/g, '')));
}

/** An answer without the headers of webhooks, which the API shows to who may change the webhook. */
function withoutWebhookHeaders(answer: string): string {
  return answer.replaceAll(/"headers":\{[^{}]*\}/g, '');
}

describe('secrets, header values, tokens and passwords', () => {
  it('were in use: sent or signed with, logged about and stored', () => {
    const sent = received.map((headers) => JSON.stringify([...headers])).join('\n');
    expect(foundIn(sent, HEADER_VALUES)).toEqual(HEADER_VALUES);
    const signatures = received.map((headers) => headers.get('webhook-signature')?.split(' '));
    expect(new Set(signatures.map((list) => list?.length))).toEqual(new Set([1, 2]));
    expect(received.some((headers) => headers.has('x-hub-signature-256'))).toBe(true);
    expect(new Set(secrets)).toHaveLength(4);
    expect(token).toMatch(/^[\da-f]{40}$/);
    const lines = logged.join('\n');
    expect(lines).toContain('"attempt_failed"');
    expect(lines).toContain('"webhook_unreadable"');
    expect(dump).toContain('https://receiver.test/new');
    expect(dump).toContain('a message in the dump');
    expect(dump).toContain('The receiver answered 500.');
    const attempts = answers.filter((answer) => answer.includes('"attempts_log":[{'));
    expect(attempts.join('\n')).toContain('"response_body":"[[');
  });

  it('are told in one answer each at the most: the one that makes them', () => {
    const tellings = (needle: string): number =>
      answers.filter((answer) => foundIn(answer, [needle]).length > 0).length;
    expect(secrets.map(tellings)).toEqual([1, 1, 1, 1]);
    expect(tellings(token)).toBe(1);
    expect(tellings(PASSWORD)).toBe(0);
    expect(tellings(APP_SECRET)).toBe(0);
  });

  it('are in no answer but, for header values, where a webhook shows its headers', () => {
    const shownHeaders = answers.filter((answer) => foundIn(answer, HEADER_VALUES).length > 0);
    expect(shownHeaders.length).toBeGreaterThan(0);
    const rest = answers.map(withoutWebhookHeaders).join('\n');
    expect(foundIn(rest, [...HEADER_VALUES, ...OF_THE_URL])).toEqual([]);
  });

  it('are in no line that was logged', () => {
    const hidden = [
      ...secrets,
      ...HEADER_VALUES,
      ...OF_THE_URL,
      token,
      PASSWORD,
      URL_SECRET,
      APP_SECRET,
    ];
    expect(foundIn(logged.join('\n'), hidden)).toEqual([]);
  });

  it('are in no row of any table', () => {
    const hidden = [...secrets, ...HEADER_VALUES, ...OF_THE_URL, token, PASSWORD, APP_SECRET];
    expect(foundIn(dump, hidden)).toEqual([]);
  });
});
