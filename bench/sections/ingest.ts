import { measureDeliveries, type Deliveries } from '../measure-deliveries.ts';
import { shuffled } from '../random.ts';
import { recordPercentiles } from '../record-percentiles.ts';
import { incomingMessages, nextLoadName, openRig, subscribe, type Rig } from '../rig.ts';
import type { BenchContext, Section } from '../section.ts';
import { percentile } from '../statistics.ts';
import { untilDrained } from '../until-drained.ts';

const RATES = [50, 200, 500];

/** The rate at which the limits are to be kept. */
const RATED = 200;
const LIMITS = { p95: { atMost: 12 } };
const MAX_RATIO = 3;

const SUBSCRIBERS = 5;

const CONNECTIONS = 32;

const LENGTHS_S = { quick: 1, full: 4 };

const NO_OP = '/__bench/no-op';
const INSERT = '/__bench/insert';

/** How soon WABA has its answer, beside routes of the same Worker that do less. */
export const ingest: Section = {
  name: 'ingest',
  title: `answers to WABA, ${SUBSCRIBERS} subscribers`,
  run: async (context) => {
    const rig = await openRig(context, SUBSCRIBERS);
    const seconds = context.isQuick ? LENGTHS_S.quick : LENGTHS_S.full;
    await fetch(`${rig.router.url}${INSERT}`, { method: 'PUT' });
    await subscribe(rig, SUBSCRIBERS);
    context.say('warms up');
    for (const path of [NO_OP, INSERT]) await plainAnswers(rig, path, RATED, 1);
    await measureDeliveries(rig, { perSecond: RATED, count: RATED, receivers: SUBSCRIBERS });
    for (const run of context.eachRun()) {
      const answers = new Map<number, Answers>();
      for (const rate of shuffled(RATES, context.random)) {
        context.say(`run ${run} of ${context.runs}, ${rate} requests a second`);
        answers.set(rate, await openLoop(rig, rate, seconds));
      }
      for (const [rate, one] of [...answers].toSorted(([a], [b]) => a - b))
        record(context, rate, one);
      context.say(`run ${run} of ${context.runs}, ${CONNECTIONS} connections`);
      await closedLoop(context, rig, seconds);
    }
  },
};

/** How long the answers of each route took (ms), and what went wrong at ingest. */
interface Answers {
  noOp: Float64Array;
  insert: Float64Array;
  ingested: Deliveries;
}

async function openLoop(rig: Rig, perSecond: number, seconds: number): Promise<Answers> {
  const noOp = await plainAnswers(rig, NO_OP, perSecond, seconds);
  const insert = await plainAnswers(rig, INSERT, perSecond, seconds);
  const ingested = await measureDeliveries(rig, {
    perSecond,
    count: perSecond * seconds,
    receivers: SUBSCRIBERS,
  });
  return { noOp, insert, ingested };
}

function record(
  context: BenchContext,
  perSecond: number,
  { noOp, insert, ingested }: Answers,
): void {
  const isRated = perSecond === RATED;
  const { answers, failed, lost } = ingested;
  recordPercentiles(context, `${perSecond}/s, no-op route`, noOp);
  recordPercentiles(context, `${perSecond}/s, one insert`, insert);
  recordPercentiles(context, `${perSecond}/s, ingest`, answers, isRated ? LIMITS : {});
  context.record(
    {
      name: `${perSecond}/s, ingest / no-op, p95`,
      unit: '×',
      ...(isRated ? { limit: { atMost: MAX_RATIO } } : {}),
    },
    percentile(answers, 0.95) / percentile(noOp, 0.95),
  );
  context.record(
    { name: `${perSecond}/s, not answered 2xx`, unit: '', limit: { atMost: 0 } },
    failed,
  );
  context.record({ name: `${perSecond}/s, not delivered`, unit: '', limit: { atMost: 0 } }, lost);
}

async function plainAnswers(
  { load, router }: Rig,
  path: string,
  perSecond: number,
  seconds: number,
): Promise<Float64Array> {
  const template = incomingMessages(router.url, nextLoadName(), path);
  const { latencies } = await load.ask('openLoop', {
    template,
    perSecond,
    count: perSecond * seconds,
  });
  return latencies;
}

/** As much as goes through: of the insert first, for ingest leaves deliveries behind. */
async function closedLoop(context: BenchContext, rig: Rig, seconds: number): Promise<void> {
  const { load, router } = rig;
  const connections = CONNECTIONS;
  const insert = await load.ask('closedLoop', {
    template: incomingMessages(router.url, nextLoadName(), INSERT),
    connections,
    seconds,
  });
  const product = await load.ask('closedLoop', {
    template: incomingMessages(router.url, nextLoadName()),
    connections,
    seconds,
  });
  await untilDrained(rig);
  const name = `${connections} connections`;
  context.record({ name: `${name}, one insert`, unit: '/s' }, insert.perSecond);
  context.record({ name: `${name}, ingest`, unit: '/s' }, product.perSecond);
  context.record(
    { name: `${name}, ingest / one insert`, unit: '%' },
    (100 * product.perSecond) / insert.perSecond,
  );
}
