import { measureDeliveries, together, type Deliveries } from '../measure-deliveries.ts';
import { shuffled } from '../random.ts';
import { recordPercentiles } from '../record-percentiles.ts';
import { openRig, subscribe, type Rig } from '../rig.ts';
import type { BenchContext, Limit, Section } from '../section.ts';
import { median } from '../statistics.ts';

const PER_SECOND = 200;

const MANY = 100;

interface Limits {
  p95?: Limit;
  p99?: Limit;
}

/** How many subscribers at the rate, and what is to be kept with them. */
const FANS: readonly { receivers: number; limits: Limits }[] = [
  { receivers: 1, limits: { p95: { atMost: 60 } } },
  { receivers: 5, limits: {} },
  { receivers: 10, limits: { p99: { atMost: 500 } } },
];

const LENGTHS = { quick: { seconds: 1, events: 2 }, full: { seconds: 5, events: 8 } };

interface Delivered {
  bare: Deliveries;
  own: Deliveries;
  limits: Limits;
}

/** How soon subscribers have what came in. */
export const fanOut: Section = {
  name: 'fan-out',
  title: `from ingest to subscribers, ${PER_SECOND} messages a second`,
  run: async (context) => {
    const rig = await openRig(context, MANY);
    const { seconds, events } = context.isQuick ? LENGTHS.quick : LENGTHS.full;
    const count = PER_SECOND * seconds;
    context.say('warms up');
    await subscribe(rig, 1);
    await measureDeliveries(rig, { perSecond: PER_SECOND, count: PER_SECOND, receivers: 1 });
    for (const run of context.eachRun()) {
      context.say(`run ${run} of ${context.runs}, straight to a receiver`);
      await straight(context, rig, count);
      const delivered = new Map<number, Delivered>();
      for (const { receivers, limits } of shuffled(FANS, context.random)) {
        context.say(`run ${run} of ${context.runs}, ${receivers} subscribers`);
        await subscribe(rig, 0);
        const bare = await forwarded(rig, { count, receivers });
        await subscribe(rig, receivers);
        const own = await measureDeliveries(rig, { perSecond: PER_SECOND, count, receivers });
        delivered.set(receivers, { bare, own, limits });
      }
      for (const [receivers, { bare, own, limits }] of [...delivered].toSorted(byNumber)) {
        const name = `fan-out ${receivers}`;
        recordPercentiles(context, `${name}, bare Worker`, together(bare.receipts));
        recordPercentiles(context, name, together(own.receipts), limits);
        recordLosses(context, name, own);
      }
      context.say(`run ${run} of ${context.runs}, ${MANY} subscribers`);
      await toMany(context, rig, events);
    }
  },
};

function byNumber([a]: readonly [number, unknown], [b]: readonly [number, unknown]): number {
  return a - b;
}

/** What the load and a receiver need for themselves. */
async function straight(context: BenchContext, rig: Rig, count: number): Promise<void> {
  const [url = ''] = rig.urls;
  const load = { perSecond: PER_SECOND, count, receivers: 1, url };
  const { receipts } = await measureDeliveries(rig, load);
  recordPercentiles(context, 'without the router', together(receipts));
}

/** What the runtime needs to pass a body on, with nothing kept, signed or tried again. */
function forwarded(
  rig: Rig,
  { count, receivers }: { count: number; receivers: number },
): Promise<Deliveries> {
  return measureDeliveries(rig, {
    perSecond: PER_SECOND,
    count,
    receivers,
    url: `${rig.router.url}/__bench/forward`,
    headers: { 'forward-to': rig.urls.slice(0, receivers).join(',') },
  });
}

async function toMany(context: BenchContext, rig: Rig, count: number): Promise<void> {
  await subscribe(rig, MANY);
  const delivered = await measureDeliveries(rig, { perSecond: 1, count, receivers: MANY });
  const name = `1 event to ${MANY}`;
  const events = Array.from({ length: count }, (_, index) =>
    delivered.receipts.map((times) => times[index] ?? NaN),
  );
  const first = events.map((times) => Math.min(...times));
  const last = events.map((times) => Math.max(...times));
  context.record({ name: `${name}, first receipt`, unit: 'ms' }, median(first));
  context.record({ name: `${name}, last receipt`, unit: 'ms' }, median(last));
  recordLosses(context, name, delivered);
}

function recordLosses(context: BenchContext, name: string, delivered: Deliveries): void {
  const none = { unit: '', limit: { atMost: 0 } } as const;
  context.record({ name: `${name}, lost`, ...none }, delivered.lost);
  context.record({ name: `${name}, duplicates`, unit: '' }, delivered.duplicates);
}
