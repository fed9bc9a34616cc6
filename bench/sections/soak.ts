import { setTimeout as wait } from 'node:timers/promises';
import { measureDeliveries, together } from '../measure-deliveries.ts';
import { recordPercentiles } from '../record-percentiles.ts';
import { openRig, subscribe, type Rig } from '../rig.ts';
import type { BenchContext, Section } from '../section.ts';
import { percentile, slope } from '../statistics.ts';

const PER_SECOND = 100;

const SUBSCRIBERS = 2;

const HOUR_S = 3600;

const TENTHS = 10;

const LOOK_EVERY_MS = 5000;

/** Caches fill in the beginning; a leak goes on. */
const WARM_TENTHS = 3;

const BYTES_PER_MB = 1e6;

/** A tenth of what the runtime holds: less than this an hour does not stand out from its scatter. */
const MAX_SLOPE_MB = 20;

/** Whether it stays as fast and as small as it began; an hour unless `--seconds` says otherwise. */
export const soak: Section = {
  name: 'soak',
  title: `an hour of ${PER_SECOND} messages a second, ${SUBSCRIBERS} subscribers`,
  isOnDemand: true,
  run: async (context) => {
    const rig = await openRig(context, SUBSCRIBERS);
    const seconds = context.seconds ?? HOUR_S;
    await subscribe(rig, SUBSCRIBERS);
    const watch = watchMemory(rig);
    context.closeAtEnd(watch);
    const warmAfterMs = (seconds * 1000 * WARM_TENTHS) / TENTHS;
    const p95s: number[] = [];
    let lost = 0;
    for (let tenth = 1; tenth <= TENTHS; tenth += 1) {
      context.say(`tenth ${tenth} of ${seconds} s`);
      const count = Math.ceil((PER_SECOND * seconds) / TENTHS);
      const load = { perSecond: PER_SECOND, count, receivers: SUBSCRIBERS };
      const { answers, receipts, ...rest } = await measureDeliveries(rig, load);
      lost += rest.failed + rest.lost;
      p95s.push(percentile(answers, 0.95));
      if (tenth === 1 || tenth === TENTHS) {
        const name = tenth === 1 ? 'first tenth' : 'last tenth';
        recordPercentiles(context, `${name}, answer`, answers);
        recordPercentiles(context, `${name}, receipt`, together(receipts));
      }
    }
    const ratio = (p95s.at(-1) ?? NaN) / (p95s[0] ?? NaN);
    context.record({ name: 'last / first tenth, answer p95', unit: '×' }, ratio);
    context.record({ name: 'lost', unit: '', limit: { atMost: 0 } }, lost);
    recordMemory(context, watch.looks, warmAfterMs);
  },
};

/** Milliseconds since the start, and bytes. */
type Look = readonly [number, number];

function recordMemory(context: BenchContext, looks: readonly Look[], warmAfterMs: number): void {
  const warm = looks.filter(([at]) => at >= warmAfterMs);
  const points = warm.map(([at, bytes]): Look => [at / (HOUR_S * 1000), bytes / BYTES_PER_MB]);
  const sizes = points.map(([, megabytes]) => megabytes);
  context.record({ name: 'memory, when warm', unit: 'MB' }, sizes[0] ?? NaN);
  context.record({ name: 'memory, at the end', unit: 'MB' }, sizes.at(-1) ?? NaN);
  context.record(
    { name: 'memory, slope', unit: 'MB/h', limit: { atMost: MAX_SLOPE_MB } },
    slope(points),
  );
}

/** Looks at the runtime's memory every five seconds until it is closed. */
function watchMemory({ router }: Rig): { looks: Look[]; close(): Promise<void> } {
  const looks: Look[] = [];
  const startedAt = Date.now();
  const ended = new AbortController();

  async function look(): Promise<void> {
    while (!ended.signal.aborted) {
      looks.push([Date.now() - startedAt, await router.memory()]);
      await wait(LOOK_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  }

  const looking = look().catch(() => undefined);
  return {
    looks,
    close: async () => {
      ended.abort();
      await looking;
    },
  };
}
