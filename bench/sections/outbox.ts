import { setTimeout as wait } from 'node:timers/promises';
import type { LoadCalls } from '../agents/load-agent.ts';
import type { Accepted, SandboxCalls } from '../agents/sandbox-agent.ts';
import { startAgent, type Agent } from '../agents/start-agent.ts';
import type { FaultReport } from '../../test/support/faulty-router.ts';
import { ApiClient } from '../../test/support/api-client.ts';
import { nextLoadName } from '../rig.ts';
import type { BenchContext, Section } from '../section.ts';
import { outOfOrder } from '../out-of-order.ts';
import { recordPercentiles } from '../record-percentiles.ts';
import { mostWithin } from '../statistics.ts';

/** WhatsApp's limit, and how near to it the outbox is to come. */
const LIMIT_PER_SECOND = 80;
const KEPT_PER_SECOND = 79;

const ANSWER_MS = 300;

const SIZES = {
  quick: { messages: 400, recipients: 40 },
  full: { messages: 4000, recipients: 400 },
};

/** Enough to be faster than the outbox. */
const CONNECTIONS = 8;

/** A message that has not left by then is lost. */
const PATIENCE_MS = 90_000;

const ASK_EVERY_MS = 250;

/** A message sent twice would be so about as soon. */
const SETTLE_MS = 1000;

/** Of an invocation that sends; and what the platform gives any of them. */
const MAX_OPEN_FETCHES = 4;
const MAX_CONNECTIONS = 6;

/** How fast, and in which order, messages leave for a WABA that takes its time. */
export const outbox: Section = {
  name: 'outbox',
  title: `messages to a WABA that answers in ${ANSWER_MS} ms`,
  run: async (context) => {
    const load = startAgent<LoadCalls>('load-agent.ts');
    const waba = startAgent<SandboxCalls>('sandbox-agent.ts');
    const idleWaba = startAgent<SandboxCalls>('sandbox-agent.ts');
    for (const agent of [load, waba, idleWaba]) context.closeAtEnd(agent);
    const calls = `${context.routerUrl}/waba/webhook`;
    const wabaUrl = await waba.ask('start', { webhookUrl: calls, answerDelayMs: ANSWER_MS });
    const idleUrl = await idleWaba.ask('start', { webhookUrl: '', answerDelayMs: ANSWER_MS });
    context.say('starts the router');
    const router = await context.startRouter({
      // The Worker that counts its connections.
      WORKER_ENTRY: 'test/chaos/worker/faulty-worker.ts',
      WABA_API_URL: wabaUrl,
    });
    const { token } = await ApiClient.signIn(router.url);
    const size = context.isQuick ? SIZES.quick : SIZES.full;
    for (const run of context.eachRun()) {
      context.say(`run ${run} of ${context.runs}, straight to WABA`);
      await straight(context, load, idleUrl);
      context.say(`run ${run} of ${context.runs}, ${size.messages} messages`);
      await measure(context, { load, waba, url: router.url, token }, size);
    }
    await recordConnections(context, router.url);
  },
};

/** What WABA itself needs for an answer at this rate. */
async function straight(
  context: BenchContext,
  load: Agent<LoadCalls>,
  wabaUrl: string,
): Promise<void> {
  const message = {
    messaging_product: 'whatsapp',
    to: '{customer}',
    type: 'text',
    text: { body: '{index}' },
  };
  const { latencies } = await load.ask('openLoop', {
    template: {
      url: `${wabaUrl}/messages`,
      headers: { 'd360-api-key': 'sandbox-key' },
      body: JSON.stringify(message),
      customers: KEPT_PER_SECOND,
    },
    perSecond: KEPT_PER_SECOND,
    count: 2 * KEPT_PER_SECOND,
  });
  recordPercentiles(context, 'WABA, asked without the router', latencies);
}

interface Parts {
  load: Agent<LoadCalls>;
  waba: Agent<SandboxCalls>;
  url: string;
  token: string;
}

async function measure(
  context: BenchContext,
  { load, waba, url, token }: Parts,
  { messages, recipients }: { messages: number; recipients: number },
): Promise<void> {
  const before = await waba.ask('count');
  const brokenBefore = await waba.ask('violations');
  const name = nextLoadName();
  const text = { body: `bench-${name}-{index}` };
  const posted = await load.ask('closedLoop', {
    template: {
      url: `${url}/api/v1/messages/`,
      headers: { authorization: `Token ${token}` },
      body: JSON.stringify({ wa_id: '{customer}', type: 'text', text }),
      customers: recipients,
    },
    connections: CONNECTIONS,
    count: messages,
  });
  const endsAt = Date.now() + PATIENCE_MS;
  while ((await waba.ask('count')) < before + posted.answered && Date.now() < endsAt) {
    await wait(ASK_EVERY_MS);
  }
  await wait(SETTLE_MS);
  const accepted = await waba.ask('accepted', before);
  const broken = (await waba.ask('violations')) - brokenBefore;
  context.record({ name: 'posted to the API', unit: '/s' }, posted.perSecond);
  recordPace(context, accepted);
  const none = { unit: '', limit: { atMost: 0 } } as const;
  const texts = new Set(accepted.map((message) => message.text));
  context.record({ name: 'refused by the API', ...none }, posted.failed);
  context.record({ name: 'not sent', ...none }, posted.answered - texts.size);
  context.record({ name: 'sent twice', ...none }, accepted.length - texts.size);
  context.record({ name: "out of their recipient's order", ...none }, outOfOrder(accepted));
  context.record({ name: "WhatsApp's limits broken", ...none }, broken);
}

function recordPace(context: BenchContext, accepted: readonly Accepted[]): void {
  const times = accepted.map(({ at }) => at);
  const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
  context.record(
    { name: 'sent', unit: '/s', limit: { atLeast: KEPT_PER_SECOND } },
    (times.length - 1) / seconds,
  );
  context.record(
    { name: 'most in any second', unit: '', limit: { atMost: LIMIT_PER_SECOND } },
    mostWithin(times, 1000),
  );
}

async function recordConnections(context: BenchContext, url: string): Promise<void> {
  const response = await fetch(`${url}/__faults`);
  // The module that answers is the one that says what this is.
  const { connections }: FaultReport = JSON.parse(await response.text());
  for (const [kind, most] of Object.entries(connections)) {
    const limit = { atMost: kind === 'sender' ? MAX_OPEN_FETCHES : MAX_CONNECTIONS };
    context.record({ name: `most connections of an invocation: ${kind}`, unit: '', limit }, most);
  }
}
