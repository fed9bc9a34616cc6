import { ApiClient } from '../test/support/api-client.ts';
import { textMessage } from '../test/support/whatsapp.ts';
import type { LoadCalls } from './agents/load-agent.ts';
import type { ReceiverCalls } from './agents/receivers-agent.ts';
import type { RequestTemplate } from './agents/request-template.ts';
import { startAgent, type Agent } from './agents/start-agent.ts';
import type { BenchRouter } from './bench-router.ts';
import type { BenchContext } from './section.ts';

/** So many customers write in turn. */
const CUSTOMERS = 200;

const TOKEN = 'local-webhook-token';

/** A router with all that makes load around it. */
export interface Rig {
  router: BenchRouter;
  api: ApiClient;
  load: Agent<LoadCalls>;
  receivers: Agent<ReceiverCalls>;
  /** Where the receivers listen. */
  urls: string[];
}

/** Starts one with so many receivers, none of which is subscribed; it ends with the section. */
export async function openRig(context: BenchContext, receiverCount: number): Promise<Rig> {
  context.say('starts the router');
  const router = await context.startRouter();
  const api = await ApiClient.signIn(router.url);
  const load = startAgent<LoadCalls>('load-agent.ts');
  const receivers = startAgent<ReceiverCalls>('receivers-agent.ts');
  context.closeAtEnd(load);
  context.closeAtEnd(receivers);
  return { router, api, load, receivers, urls: await receivers.ask('open', receiverCount) };
}

interface Webhooks {
  results: { id: number }[];
}

/** Subscribes the first receivers, and nobody else. Throws where a webhook is refused. */
export async function subscribe({ api, urls }: Rig, count: number): Promise<void> {
  for (;;) {
    const { body } = await api.get<Webhooks>('webhooks/waba/?limit=100');
    if (body.results.length === 0) break;
    for (const { id } of body.results) await api.delete(`webhooks/waba/${id}/`);
  }
  for (const url of urls.slice(0, count)) {
    const { status } = await api.post('webhooks/waba/', { url, on_cloud_api: true });
    if (status !== 201) throw new Error(`A webhook was refused with ${status}.`);
  }
}

let loads = 0;

/** A name that no other load has: receivers know by it what they are to count. */
export function nextLoadName(): string {
  loads += 1;
  return `l${loads}`;
}

/** Messages that customers write, as WABA posts them; each says which load it is of and its number in it. */
export function incomingMessages(
  url: string,
  name: string,
  path = '/waba/webhook',
): RequestTemplate {
  return {
    url: `${url}${path}`,
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(textMessage(`bench-${name}-{index}`, 'Hello {index}', '{customer}')),
    customers: CUSTOMERS,
  };
}
