import type { Env, InboundCall } from '../bindings.ts';
import type { Bells } from '../inbox/bells.ts';
import type { StackContext } from '../store/open-stack.ts';
import { doorbells, ringEvents } from './doorbells.ts';
import { Gathering, type RoundOutcome } from '../ingest/gathering.ts';
import { ringIngested } from '../ingest/ingest.ts';
import { understand } from '../ingest/read-call.ts';
import { recordTogether } from '../ingest/record-calls.ts';

/** What the recorder is made of. */
export interface SharedRecorderDeps {
  env: Env;
  stack: StackContext;
  /** Tells the websockets. */
  readonly pump: () => Promise<void>;
  readonly later: (work: Promise<void>) => void;
}

/** So many bodies of the size that is shared are far below what a D1 query may take (30 s). */
const MAX_CALLS = 25;

/** Few enough for whoever waits; at hundreds of calls a second enough for several of them in each round. */
const MIN_ROUND_MS = 25;

/**
 * Stores calls of WABA's that come faster than D1 answers: several share each round trip to D1, and
 * their events each call of the queue and each round of the websockets.
 */
export class SharedRecorder {
  readonly #calls: Gathering<InboundCall, void>;

  constructor({ env, stack, pump, later }: SharedRecorderDeps) {
    const { name } = stack.config;
    const bells: Bells = {
      ...doorbells(env, name),
      // The object is asked nothing: it is the one that rings.
      events: async (seqs) => void (await Promise.all([ringEvents(env, name, seqs), pump()])),
    };
    this.#calls = new Gathering((calls) => recordAndRing(calls, { stack, bells, later }), {
      maxItems: MAX_CALLS,
      minRoundMs: MIN_ROUND_MS,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  }

  /** Stores a call, and has it rung for. Throws what D1 throws. */
  record(call: InboundCall): Promise<void> {
    return this.#calls.add(call);
  }
}

/** Stores a round of calls and rings for what was new in them. */
async function recordAndRing(
  calls: readonly InboundCall[],
  { stack, bells, later }: Pick<SharedRecorderDeps, 'stack' | 'later'> & { bells: Bells },
): Promise<RoundOutcome<void>[]> {
  const reads = calls.map((call) => ({ call, inbound: understand(call.text) }));
  const outcomes = await recordTogether(reads, stack);
  const ingested = outcomes.flatMap((outcome) =>
    outcome?.status === 'fulfilled' && outcome.value !== undefined ? [outcome.value] : [],
  );
  if (ingested.length > 0) later(ringIngested(ingested, bells, stack.config));
  return outcomes.map((outcome) =>
    outcome?.status === 'fulfilled' ? { ...outcome, value: undefined } : outcome,
  );
}
