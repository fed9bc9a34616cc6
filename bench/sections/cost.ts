import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.ts';
import { ApiClient } from '../../test/support/api-client.ts';
import { costAlone, costOfSweep, pruningOf, type Spent } from '../cost/measure-cost.ts';
import { dollarsPerMillion, FLOOR, PRICES_AS_OF } from '../cost/prices.ts';
import { searchRows } from '../cost/search-rows.ts';
import { addSubscriber } from '../cost/subscribers.ts';
import { operationsOf, partsOf } from '../cost/tally.ts';
import { reportStatuses, sendAnswers, sendManyTexts, sendTexts } from '../cost/traffic.ts';
import type { BenchContext, Measure, Section } from '../section.ts';

/** What is billed per inbound text stored, and more for each subscriber that answers. */
const MAX_OPERATIONS = 16;
const MAX_OPERATIONS_MORE = 2.5;

const SUBSCRIBERS = [0, 1, 5, 20];

/** What is counted hardly differs between runs. */
const MAX_RUNS = 3;

/** With these all kinds of messages are measured, in a quick bench; with more of them texts alone. */
const MAX_QUICK_SUBSCRIBERS = 1;

/** The alarm rings once a minute. */
const SWEEPS_A_DAY = 24 * 60;

/** Messages are kept for ever unless told otherwise; here their removal is to be counted, too. */
const MESSAGE_DAYS = 365;

/** In how many days from now what is too old. */
const DAYS = { log: 31, events: 91 };

interface Bench {
  context: BenchContext;
  url: string;
  api: ApiClient;
  sandbox: Sandbox;
  texts: number;
  answers: number;
  runs: number;
}

export const cost: Section = {
  name: 'cost',
  title: 'Cost: what Cloudflare bills for a message, pruning included',
  run: measureCost,
};

async function measureCost(context: BenchContext): Promise<void> {
  const bench = await startBench(context);
  let subscribers = 0;
  let alone: number[] = [];
  for (const count of SUBSCRIBERS) {
    for (; subscribers < count; subscribers += 1)
      context.closeAtEnd(await addSubscriber(bench.api, bench.url));
    const texts = await measureTraffic(bench, count);
    if (count === 0) alone = texts;
    else recordMore(context, count, texts, alone);
  }
  await measureRest(bench);
}

async function startBench(context: BenchContext): Promise<Bench> {
  const sandbox = await startSandbox({
    port: 0,
    apiKey: 'sandbox-key',
    webhookUrl: '',
    webhookHeaders: {},
    openWindows: true,
    // Never: what a status costs is measured by itself.
    statusDelayMs: 24 * 60 * 60 * 1000,
  });
  context.closeAtEnd(sandbox);
  const { url } = await context.startRouter({
    WORKER_ENTRY: 'bench/worker/metered-worker.ts',
    WABA_API_URL: sandbox.url,
    RETENTION_MESSAGES_DAYS: String(MESSAGE_DAYS),
  });
  const sizes = context.isQuick
    ? { texts: 15, answers: 5, runs: 1 }
    : { texts: 60, answers: 15, runs: Math.min(context.runs, MAX_RUNS) };
  return { ...sizes, context, url, sandbox, api: await ApiClient.signIn(url) };
}

/** Measures with so many subscribers; returns the operations of a text, run by run. */
async function measureTraffic(bench: Bench, subscribers: number): Promise<number[]> {
  const { context, url, api, sandbox, texts, answers, runs } = bench;
  const named = (what: string): string => `${what}, ${subscribers} subscribers`;
  const atMost = MAX_OPERATIONS + MAX_OPERATIONS_MORE * subscribers;
  const operations: number[] = [];
  // Chats and marks are made once.
  await sendTexts(url, 10);
  for (let run = 0; run < runs; run += 1) {
    context.say(`${subscribers} subscribers, run ${run + 1} of ${runs}`);
    const text = await costAlone(url, DAYS, texts, () => sendTexts(url, texts));
    recordCost(context, named('inbound text'), text, { atMost });
    operations.push(operationsOf(text.all));
    if (context.isQuick && subscribers > MAX_QUICK_SUBSCRIBERS) continue;
    const sent = await costAlone(url, DAYS, answers, () => sendAnswers(api, sandbox, answers));
    recordCost(context, named('message sent'), sent);
    const status = await costAlone(url, DAYS, 3 * answers, () =>
      reportStatuses(url, sandbox, answers),
    );
    recordCost(context, named('status'), status);
    if (run > 0 || subscribers > 1) continue;
    for (const [what, spent] of Object.entries({ text, sent, status }))
      context.note(
        `${named(what)}: ${partsOf(spent.used)}; pruned later: ${partsOf(spent.pruned)}.`,
      );
  }
  return operations;
}

/** What is not of one kind of message. */
async function measureRest({ context, url, api, texts }: Bench): Promise<void> {
  context.say('many at once, pruning, the clock');
  const atOnce = 5 * texts;
  const busy = await costAlone(url, DAYS, atOnce, () => sendManyTexts(url, atOnce));
  recordCost(context, 'inbound text among many, 20 subscribers', busy);
  const { body } = await api.get<{ count: number }>('messages/?limit=1');
  const pruned = await pruningOf(url, MESSAGE_DAYS + 1, body.count);
  context.record(
    { name: 'pruning a message, where RETENTION_MESSAGES_DAYS is set', unit: 'operations' },
    operationsOf(pruned),
  );
  const sweep = await costOfSweep(url);
  const idle: Measure = { name: 'a day of an idle stack', unit: 'operations' };
  context.record(idle, operationsOf(sweep) * SWEEPS_A_DAY);
  const dollars = (dollarsPerMillion(sweep) * SWEEPS_A_DAY * 30) / 1_000_000;
  context.record({ name: 'a month of an idle stack', unit: '$' }, dollars);
  const { added, removed } = searchRows();
  context.note(
    `The search index writes ${added.toFixed(1)} rows into tables of its own for a text and ${removed.toFixed(1)} ` +
      'for its removal, where meta says 1. Whether D1 bills them is not documented.',
  );
  context.note(
    `Prices of ${PRICES_AS_OF}, beyond what the plan includes, without CPU time and storage. The floor is ` +
      `$${dollarsPerMillion(FLOOR).toFixed(2)} for a million: a request, a row, its removal.`,
  );
}

function recordMore(
  context: BenchContext,
  count: number,
  texts: readonly number[],
  alone: readonly number[],
): void {
  const name = `inbound text, each of ${count} subscribers more`;
  const measure: Measure = { name, unit: 'operations', limit: { atMost: MAX_OPERATIONS_MORE } };
  for (const [run, operations] of texts.entries())
    context.record(measure, (operations - (alone[run] ?? Number.NaN)) / count);
}

function recordCost(
  context: BenchContext,
  name: string,
  { all }: Spent,
  limit?: Measure['limit'],
): void {
  const operations: Measure = { name, unit: 'operations' };
  context.record(limit === undefined ? operations : { ...operations, limit }, operationsOf(all));
  context.record({ name: `${name}: rows read`, unit: 'rows' }, all.rowsRead);
  context.record({ name: `${name}: a million`, unit: '$' }, dollarsPerMillion(all));
}
