import { setTimeout as wait } from 'node:timers/promises';
import type { LoadCalls } from '../agents/load-agent.ts';
import type { SocketCalls } from '../agents/sockets-agent.ts';
import { startAgent, type Agent } from '../agents/start-agent.ts';
import { ApiClient } from '../../test/support/api-client.ts';
import { incomingMessages, nextLoadName } from '../rig.ts';
import type { BenchRouter } from '../bench-router.ts';
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
    for (const run of context.eachRun()) {
      const name = `run ${run} of ${context.runs}`;
      await withRouter(context, `${name}, plain sockets`, plain);
      await withRouter(context, name, product);
    }
  },
};

interface Parts {
  context: BenchContext;
  router: BenchRouter;
  browsers: Agent<SocketCalls>;
  load: Agent<LoadCalls>;
}

interface Wish {
  url: string;
  token?: string;
}

/** A router for each measurement: memory that was given back once says nothing about what is taken. */
async function withRouter(
  context: BenchContext,
  name: string,
  measure: (parts: Parts, name: string) => Promise<void>,
): Promise<void> {
  context.say(name);
  const router = await context.startRouter();
  const browsers = startAgent<SocketCalls>('sockets-agent.ts');
  const load = startAgent<LoadCalls>('load-agent.ts');
  context.closeAtEnd(browsers);
  context.closeAtEnd(load);
  await measure({ context, router, browsers, load }, name);
  await Promise.all([browsers.close(), load.close()]);
  await router.close();
}

/** Sockets that the Worker itself answers. */
async function plain(parts: Parts): Promise<void> {
  const wish = { url: socketUrl(parts, '/__bench/socket') };
  await ping(parts, wish, 'plain socket');
  await openMost(parts, wish, 'plain socket');
}

async function product(parts: Parts, name: string): Promise<void> {
  const { context, router, browsers } = parts;
  const { token } = await ApiClient.signIn(router.url);
  const wish = { url: socketUrl(parts, '/ws'), token };
  await ping(parts, wish, 'socket');
  for (const count of COUNTS) {
    context.say(`${name}, ${count} sockets`);
    if (count === MOST) await openMost(parts, wish, 'socket');
    else await browsers.ask('open', { ...wish, count });
    await sendEvents(parts, count);
    await browsers.ask('close');
  }
}

function socketUrl({ router }: Parts, path: string): string {
  return `${router.url.replace('http', 'ws')}${path}`;
}

/** How long an answer takes that the socket's end gives by itself. */
async function ping({ context, browsers }: Parts, wish: Wish, name: string): Promise<void> {
  await browsers.ask('open', { ...wish, count: 1 });
  const times = await browsers.ask('ping', PINGS);
  context.record({ name: `${name}, ping to pong`, unit: 'ms' }, median(times));
  await browsers.ask('close');
}

/** Opens the most sockets, and sees how much larger the runtime is for it. */
async function openMost(
  { context, browsers, router }: Parts,
  wish: Wish,
  name: string,
): Promise<void> {
  await wait(REST_MS);
  const before = await router.memory();
  await browsers.ask('open', { ...wish, count: MOST });
  await wait(REST_MS);
  const bytes = (await router.memory()) - before;
  const kilobytes = bytes / MOST / BYTES_PER_KB;
  context.record({ name: `${name}, memory while idle`, unit: 'KB' }, kilobytes);
}

async function sendEvents(
  { context, router, browsers, load }: Parts,
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
