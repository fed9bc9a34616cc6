import { performance } from 'node:perf_hooks';
import { ApiClient } from '../../test/support/api-client.ts';
import { postToIngest, textMessage } from '../../test/support/whatsapp.ts';
import type { BenchRouter } from '../bench-router.ts';
import { readMeter, resetMeter } from '../cost/meter.ts';
import { NOTHING } from '../cost/tally.ts';
import { openDatabase } from '../growth/open-database.ts';
import { questionsOf } from '../growth/questions.ts';
import { FIRST_SECOND, LONG_CHAT, seedInbox, waIdOf } from '../growth/seed-inbox.ts';
import type { BenchContext, Measure, Section } from '../section.ts';
import { median } from '../statistics.ts';

const CHATS = 20_000;
const SIZES = [1_500, 150_000, 1_500_000];

/** Of the smallest inbox's, at most so much is read at the largest. */
const MAX_RATIO = 1.1;

/** How often a question is asked for its median time. */
const TIMES = { quick: 3, full: 7 };

/** Texts taken in, one after another. */
const TEXTS = 100;

/** One of the groups that every stack has. */
const GROUP = 1;

/** Rows read by each question, by its name. */
type RowsRead = Map<string, number>;

export const growth: Section = {
  name: 'growth',
  title: 'Growth: what is read of an inbox of 20,000 chats as it grows',
  run: measureGrowth,
};

async function measureGrowth(context: BenchContext): Promise<void> {
  const sizes = context.isQuick ? SIZES.slice(0, 2) : SIZES;
  const all: RowsRead[] = [];
  for (const size of sizes) all.push(await measureSize(context, size));
  context.note(
    'Lists are counted to a thousand; the smallest inbox has only 500 messages from us to count.',
  );
  const [least, most] = [all[0], all.at(-1)];
  const questions = questionsOf(0, GROUP).filter(({ isFewAtFirst }) => isFewAtFirst === true);
  const few = new Set(questions.map(({ name }) => name));
  for (const [name, rows] of least ?? []) {
    const measure: Measure = {
      name: `${name}: rows at ${shown(sizes.at(-1))} over those at ${shown(sizes[0])}`,
      unit: '×',
    };
    const limit = { atMost: MAX_RATIO };
    context.record(
      few.has(name) ? measure : { ...measure, limit },
      (most?.get(name) ?? Number.NaN) / rows,
    );
  }
}

async function measureSize(context: BenchContext, messages: number): Promise<RowsRead> {
  context.say(`making an inbox of ${shown(messages)} messages`);
  const router = await context.startRouter({
    WORKER_ENTRY: 'bench/worker/metered-worker.ts',
    // Nobody there: a WABA would say who is blocked, and that is to stay as it was made.
    WABA_API_URL: 'http://127.0.0.1:9',
  });
  try {
    const api = await seeded(router, messages);
    context.record(
      { name: `database per message, without its event, of ${shown(messages)}`, unit: 'KB' },
      (await databaseBytes(router.url)) / messages / 1000,
    );
    const rows = await ask(context, router.url, api, messages);
    rows.set('ingest of a text', await ingestRows(context, router.url, messages));
    rows.set('mark as received', await markRows(context, router.url, api, messages));
    return rows;
  } finally {
    await router.close();
  }
}

/** Fills the router's database while it is stopped; returns the admin, who asks. */
async function seeded(router: BenchRouter, messages: number): Promise<ApiClient> {
  const api = await ApiClient.signIn(router.url);
  const { body } = await api.get<{ id: number }>('users/current/');
  await router.kill();
  const db = openDatabase(router.stateDir);
  seedInbox(db, { chats: CHATS, messages }, { userId: body.id, groupId: GROUP });
  db.close();
  await router.start();
  return api;
}

async function ask(
  context: BenchContext,
  url: string,
  api: ApiClient,
  messages: number,
): Promise<RowsRead> {
  const read: RowsRead = new Map();
  for (const { name, path } of questionsOf(messages, GROUP)) {
    context.say(`${shown(messages)} messages: ${name}`);
    // What is looked up once per user, or prepared once, is behind it then.
    await mustAnswer(api, path);
    const rows = await rowsOf(url, () => mustAnswer(api, path));
    read.set(name, rows);
    context.record({ name: `${name}, of ${shown(messages)}`, unit: 'rows' }, rows);
    const ms = await medianMs(context, () => mustAnswer(api, path));
    context.record({ name: `${name}, p50 of ${shown(messages)}`, unit: 'ms' }, ms);
  }
  return read;
}

async function ingestRows(context: BenchContext, url: string, messages: number): Promise<number> {
  let index = 0;
  const post = async (): Promise<void> => {
    index += 1;
    const body = textMessage(`wamid.new.${index}`, 'Is there an appointment left?', waIdOf(index));
    const status = await postToIngest(url, body);
    if (status !== 200) throw new Error(`Ingest answered ${status}.`);
  };
  const bytesBefore = await databaseBytes(url);
  const rows = await rowsOf(url, async () => {
    for (let i = 0; i < TEXTS; i += 1) await post();
  });
  const each = rows / TEXTS;
  context.record(
    { name: `database per message with its event, beyond ${shown(messages)}`, unit: 'KB' },
    ((await databaseBytes(url)) - bytesBefore) / TEXTS / 1000,
  );
  context.record({ name: `ingest of a text, of ${shown(messages)}`, unit: 'rows' }, each);
  context.record(
    { name: `ingest of a text, p50 of ${shown(messages)}`, unit: 'ms' },
    await medianMs(context, post),
  );
  return each;
}

async function markRows(
  context: BenchContext,
  url: string,
  api: ApiClient,
  messages: number,
): Promise<number> {
  const mark = async (): Promise<void> => {
    const { status } = await api.post('mark_as_received/', {
      customer_wa_id: LONG_CHAT,
      timestamp: FIRST_SECOND + messages,
    });
    if (status !== 201) throw new Error(`A mark was answered with ${status}.`);
  };
  const rows = await rowsOf(url, mark);
  context.record({ name: `mark as received, of ${shown(messages)}`, unit: 'rows' }, rows);
  return rows;
}

/** D1 rows that requests read while something is done. */
async function rowsOf(url: string, act: () => Promise<unknown>): Promise<number> {
  await resetMeter(url);
  await act();
  const { tallies } = await readMeter(url);
  return (tallies['request'] ?? NOTHING).rowsRead;
}

async function medianMs({ isQuick }: BenchContext, act: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < TIMES[isQuick ? 'quick' : 'full']; i += 1) {
    const began = performance.now();
    await act();
    times.push(performance.now() - began);
  }
  return median(times);
}

async function mustAnswer(api: ApiClient, path: string): Promise<void> {
  const { status, body } = await api.get(path);
  if (status !== 200)
    throw new Error(`${path} was answered with ${status}: ${JSON.stringify(body)}`);
}

async function databaseBytes(url: string): Promise<number> {
  const response = await fetch(`${url}/readyz`);
  const ready: { database: { bytes: number } } = JSON.parse(await response.text());
  return ready.database.bytes;
}

function shown(count = 0): string {
  return count.toLocaleString('en-US');
}
