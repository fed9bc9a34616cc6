import type { InboundCall } from '../config.ts';
import type { Bells } from '../inbox/bells.ts';
import { isStorageAway } from '../store/is-storage-away.ts';
import { readKnown } from './known.ts';
import { planIngest, type IngestPlan } from './plan.ts';
import { understand, type ReadCall } from './read-call.ts';
import { planInput, recordCall } from './record-call.ts';
import { writePlans, type Ingested, type Recording } from './record-new.ts';
import { ringIngested } from './ring-ingested.ts';
import { splitCommon } from './split-common.ts';

/** What came of one call among others: what was new in it, if anything, or what D1 threw. */
type Outcome = PromiseSettledResult<Ingested | undefined>;

interface Planned {
  read: ReadCall;
  plan: IngestPlan;
}

/** What the Stack object stores calls with. */
export interface SharedRecording {
  stack: Recording;
  bells: Bells;
  /** Lets work outlive the calls. */
  readonly later: (work: Promise<void>) => void;
}

/** Stores calls that ingests handed on, and rings for what was new. Returns what came of each. */
export async function recordShared(
  calls: readonly InboundCall[],
  { stack, bells, later }: SharedRecording,
): Promise<PromiseSettledResult<void>[]> {
  const reads = calls.map((call) => ({ call, inbound: understand(call.text) }));
  const outcomes = await recordTogether(reads, stack);
  const ingested = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' && outcome.value !== undefined ? [outcome.value] : [],
  );
  if (ingested.length > 0) later(ringIngested(ingested, bells, stack.config));
  return outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? { ...outcome, value: undefined } : outcome,
  );
}

/**
 * Stores calls that came at once: those that have nothing in common share their statements, a round trip
 * to read and one to write; the others follow in rounds of their own. Each is all or nothing. Where
 * storage is away the calls that are not stored yet fail: whether they were, nobody can say.
 */
export async function recordTogether(
  reads: readonly ReadCall[],
  stack: Recording,
): Promise<Outcome[]> {
  const outcomes = new Map<ReadCall, Outcome>();
  let left = reads;
  while (left.length > 0) {
    try {
      const { apart, later } = splitCommon(await planAll(left, stack), ({ plan }) => plan);
      for (const [read, outcome] of await write(apart, stack)) outcomes.set(read, outcome);
      left = later.map(({ read }) => read);
    } catch (reason) {
      for (const read of left) outcomes.set(read, { status: 'rejected', reason });
      left = [];
    }
  }
  return reads.map((read) => outcomes.get(read) ?? NOTHING_NEW);
}

const NOTHING_NEW: Outcome = { status: 'fulfilled', value: undefined };

async function planAll(reads: readonly ReadCall[], stack: Recording): Promise<Planned[]> {
  const known = await readKnown(stack.db, reads);
  return reads.flatMap((read) => {
    const plan = planIngest(planInput(read, known));
    return plan === undefined ? [] : [{ read, plan }];
  });
}

/** Writes plans at once; where one of them cannot be written, each by itself. Throws where storage is away. */
async function write(
  planned: readonly Planned[],
  stack: Recording,
): Promise<[ReadCall, Outcome][]> {
  if (planned.length === 0) return [];
  try {
    const ingested = await writePlans(
      planned.map(({ plan }) => plan),
      stack,
    );
    return planned.map(({ read }, index) => [
      read,
      { status: 'fulfilled', value: ingested[index] },
    ]);
  } catch (error) {
    if (isStorageAway(error)) throw error;
  }
  const outcomes: [ReadCall, Outcome][] = [];
  for (const { read } of planned) {
    const [outcome] = await Promise.allSettled([recordCall(read, stack)]);
    outcomes.push([read, outcome]);
  }
  return outcomes;
}
