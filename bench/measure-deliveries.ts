import { incomingMessages, nextLoadName, type Rig } from './rig.ts';

/** How messages are to come in. */
export interface DeliveryLoad {
  perSecond: number;
  count: number;
  /** How many receivers, from the first, are to get each. */
  receivers: number;
  /** Where to post, and headers for there; the router's ingest unless given. */
  url?: string;
  headers?: Record<string, string>;
}

/** What came of it; times in milliseconds from the moment a message was to be posted. */
export interface Deliveries {
  /** Until the answer, of each message; not a number where it was not 2xx. */
  answers: Float64Array;
  /** Until each receiver had each message; not a number where it never did. */
  receipts: Float64Array[];
  /** Answers that were not 2xx, receipts that did not come, and those that came again. */
  failed: number;
  lost: number;
  duplicates: number;
}

/** What has not come by then counts as lost. */
const PATIENCE_MS = 60_000;

/** The times of several receivers as those of one. */
export function together(times: readonly Float64Array[]): number[] {
  return times.flatMap((one) => [...one]);
}

/** Posts messages at a steady pace and waits until all have been received. */
export async function measureDeliveries(rig: Rig, load: DeliveryLoad): Promise<Deliveries> {
  const { perSecond, count, receivers, url, headers } = load;
  const name = nextLoadName();
  await rig.receivers.ask('expect', { name, count, receivers });
  const messages = incomingMessages(rig.router.url, name);
  const template = {
    ...messages,
    url: url ?? messages.url,
    headers: { ...messages.headers, ...headers },
  };
  const sent = await rig.load.ask('openLoop', { template, perSecond, count });
  const { at, duplicates } = await rig.receivers.ask('arrived', PATIENCE_MS);
  const receipts = at.map((times) =>
    times.map((time, index) => time - (sent.intendedAt[index] ?? NaN)),
  );
  return {
    answers: sent.latencies,
    receipts,
    failed: Object.values(sent.failures).reduce((sum, one) => sum + one, 0),
    lost: receipts.reduce((sum, times) => sum + times.filter(Number.isNaN).length, 0),
    duplicates,
  };
}
