import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costAlone } from '../bench/cost/measure-cost.ts';
import { addSubscriber } from '../bench/cost/subscribers.ts';
import { operationsOf, type Tally } from '../bench/cost/tally.ts';
import { sendTexts } from '../bench/cost/traffic.ts';
import { ApiClient } from './support/api-client.ts';
import type { Receiver } from './support/receiver.ts';
import { startRouter, type Router } from './support/router.ts';

const TEXTS = 20;
const DAYS = { log: 31, events: 91 };

let router: Router;
let api: ApiClient;
const receivers: Receiver[] = [];

beforeAll(async () => {
  router = await startRouter({ WORKER_ENTRY: 'bench/worker/metered-worker.ts' });
  api = await ApiClient.signIn(router.url);
  // Makes the chats.
  await sendTexts(router.url, TEXTS);
});

afterAll(async () => {
  await Promise.all([router?.close(), ...receivers.map((receiver) => receiver.close())]);
});

/** What each of some texts costs, until all that is to be pruned of it is. */
async function costOfText(): Promise<Tally> {
  const { all } = await costAlone(router.url, DAYS, TEXTS, () => sendTexts(router.url, TEXTS));
  return all;
}

describe('an inbound text of a known customer', () => {
  it('costs at most 16 billed operations where nobody subscribed, and rings no queue', async () => {
    const cost = await costOfText();
    expect(operationsOf(cost)).toBeLessThanOrEqual(16);
    expect(cost.queueOperations).toBe(0);
  });

  it('costs at most 2.5 more for a subscriber that answers, over that limit, and rings no queue', async () => {
    receivers.push(await addSubscriber(api, router.url));
    // Makes the marks of that subscriber.
    await sendTexts(router.url, TEXTS);
    const cost = await costOfText();
    expect(receivers[0]?.received.length).toBe(2 * TEXTS);
    expect(operationsOf(cost)).toBeLessThanOrEqual(18.5);
    expect(cost.queueOperations).toBe(0);
  });
});
