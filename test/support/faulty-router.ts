import { startRouter, type Router } from './router.ts';

/** What is to go wrong between the router and its storage and queues; see `test/chaos/worker`. */
export interface Faults {
  /** The probability that a call fails, half of the times after it took effect. */
  rate?: number;
  storageDown?: boolean;
  queuesDown?: boolean;
}

/** What went wrong since the router was started. */
export interface FaultReport {
  calls: number;
  before: number;
  after: number;
  /** The most connections that one invocation had open at once, by its kind. */
  connections: Record<string, number>;
}

/** Milliseconds. */
const MAX_SILENCE_MS = 20_000;

/** A router whose storage and queues fail on demand. */
export interface FaultyRouter extends Router {
  /** Orders faults, until the router is started again; what is left out stays as it is. */
  order(faults: Faults): Promise<FaultReport>;
}

/** Starts a router with nothing failing yet. */
export async function startFaultyRouter(
  settings: Record<string, string> = {},
): Promise<FaultyRouter> {
  const router = await startRouter({
    WORKER_ENTRY: 'test/chaos/worker/faulty-worker.ts',
    ...settings,
  });
  return {
    ...router,
    order: async (faults) => {
      const response = await fetch(`${router.url}/__faults`, {
        method: 'POST',
        body: JSON.stringify(faults),
        // A Worker that answers nothing has stopped for good.
        signal: AbortSignal.timeout(MAX_SILENCE_MS),
      });
      return (await response.json()) as FaultReport;
    },
  };
}
