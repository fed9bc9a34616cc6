import { setTimeout as wait } from 'node:timers/promises';
import type { LoadCalls } from '../agents/load-agent.ts';
import type { SocketCalls } from '../agents/sockets-agent.ts';
import { startAgent, type Agent } from '../agents/start-agent.ts';
import { ApiClient } from '../../test/support/api-client.ts';
import { incomingMessages, nextLoadName } from '../rig.ts';
import type { BenchContext, Section } from '../section.ts';
import { median } from '../statistics.ts';

const COUNTS = [1, 100, 1000];

/** The most of them: what one holds in memory is seen only of many. */
const MOST = 1000;

const PER_SECOND = 2;

const EVENTS = { quick: 3, full: 10 };

const PINGS = 50;

/** What has not come by then counts as lost. */
const PATIENCE_MS = 30_000;

/** So long nothing happens before memory is looked at. */
const REST_MS = 1500;

const BYTES_PER_KB = 1000;

/** How soon browsers see what came in, and what it costs that they wait for it. */
export const sockets: Section = {
  name: 'sockets',
  title: 'from ingest to websockets',
  run: async (context) => {
    for (let run = 1; run <= context.runs; run += 1) {
      context.say(`run ${run} of ${context.runs}, starts the router`);
      await measure(context, `run ${run} of ${context.runs}`);
    }
  },
};

/** A router of its own for each run: memory that was given back once says nothing about what is taken. */
async function measure(context: BenchContext, run: string): Promise<void> {
  const router = await context.startRouter();
  const { token } = await ApiClient.signIn(router.url);
  const browsers = startAgent<SocketCalls>('sockets-agent.ts');
  const load = startAgent<LoadCalls>('load-agent.ts');
  context.closeAtEnd(browsers);
  context.closeAtEnd(load);
  const url = `${router.url.replace('http', 'ws')}/ws`;
  for (const count of COUNTS) {
    context.say(`${run}, ${count} sockets`);
    if (count === MOST) await wait(REST_MS);
    const before = await router.memory();
    await browsers.ask('open', { url, token, count });
    if (count === MOST) {
      await wait(REST_MS);
      const bytes = (await router.memory()) - before;
      context.record({ name: 'memory per idle socket', unit: 'KB' }, bytes / count / BYTES_PER_KB);
    }
    if (count === 1) {
      const times = await browsers.ask('ping', PINGS);
      context.record({ name: 'ping to pong', unit: 'ms' }, median(times));
    }
    await events(context, { router, browsers, load }, count);
    await browsers.ask('close');
  }
  await Promise.all([browsers.close(), load.close()]);
  await router.close();
}

interface Parts {
  router: { url: string };
  browsers: Agent<SocketCalls>;
  load: Agent<LoadCalls>;
}

async function events(
  context: BenchContext,
  { router, browsers, load }: Parts,
  socketCount: number,
): Promise<void> {
  const count = context.isQuick ? EVENTS.quick : EVENTS.full;
  const name = nextLoadName();
  await browsers.ask('expect', { name, count });
  const template = incomingMessages(router.url, name);
  const { intendedAt } = await load.ask('openLoop', { template, perSecond: PER_SECOND, count });
  const { at, duplicates } = await browsers.ask('arrived', PATIENCE_MS);
  const times = Array.from(intendedAt, (intended, index) =>
    at.map((socket) => (socket[index] ?? NaN) - intended),
  );
  const label = `1 event to ${socketCount}`;
  const first = median(times.map((all) => Math.min(...all)));
  const last = median(times.map((all) => Math.max(...all)));
  const lost = times.flat().filter(Number.isNaN).length;
  context.record({ name: `${label}, first frame`, unit: 'ms' }, first);
  if (socketCount > 1) context.record({ name: `${label}, last frame`, unit: 'ms' }, last);
  context.record({ name: `${label}, lost`, unit: '', limit: { atMost: 0 } }, lost);
  context.record({ name: `${label}, duplicates`, unit: '' }, duplicates);
}
