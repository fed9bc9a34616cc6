import { measureDeliveries, together } from '../measure-deliveries.ts';
import { recordPercentiles } from '../record-percentiles.ts';
import { openRig, subscribe } from '../rig.ts';
import type { Section } from '../section.ts';
import { percentile } from '../statistics.ts';

const PER_SECOND = 200;

const SUBSCRIBERS = 10;

/** The last ones. */
const HANGING = 1;

const HEALTHY = SUBSCRIBERS - HANGING;

/** Until the router has found out, which it does by waiting for a second. */
const FINDING_S = 3;

const LENGTHS_S = { quick: 2, full: 6 };

/** What subscribers notice of another one that hangs. */
export const isolation: Section = {
  name: 'isolation',
  title: `${HANGING} of ${SUBSCRIBERS} endpoints hangs, ${PER_SECOND} messages a second`,
  run: async (context) => {
    const rig = await openRig(context, SUBSCRIBERS);
    const seconds = context.isQuick ? LENGTHS_S.quick : LENGTHS_S.full;
    const load = { perSecond: PER_SECOND, count: PER_SECOND * seconds };
    const hanging = Array.from({ length: HANGING }, (_, index) => HEALTHY + index);
    context.say('warms up');
    for (const run of context.eachRun()) {
      await subscribe(rig, SUBSCRIBERS);
      await measureDeliveries(rig, { ...load, count: PER_SECOND, receivers: SUBSCRIBERS });
      context.say(`run ${run} of ${context.runs}, all answer`);
      const well = await measureDeliveries(rig, { ...load, receivers: SUBSCRIBERS });
      context.say(`run ${run} of ${context.runs}, ${HANGING} hangs`);
      await rig.receivers.ask('hang', hanging);
      const finding = await measureDeliveries(rig, {
        ...load,
        count: PER_SECOND * FINDING_S,
        receivers: HEALTHY,
      });
      const beside = await measureDeliveries(rig, { ...load, receivers: HEALTHY });
      await rig.receivers.ask('hang', []);
      const wellTimes = together(well.receipts.slice(0, HEALTHY));
      const findingTimes = together(finding.receipts);
      const besideTimes = together(beside.receipts);
      recordPercentiles(context, 'all answer', wellTimes);
      recordPercentiles(context, `the others, first ${FINDING_S} s of the hanging`, findingTimes);
      recordPercentiles(context, 'the others, then', besideTimes);
      context.record(
        { name: 'hanging / all answer, p99', unit: '×', limit: { atMost: 1.25 } },
        percentile(besideTimes, 0.99) / percentile(wellTimes, 0.99),
      );
      context.record(
        { name: 'lost to the others', unit: '', limit: { atMost: 0 } },
        well.lost + finding.lost + beside.lost,
      );
    }
  },
};
