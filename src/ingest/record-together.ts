import type { InboundCall } from '../bindings.ts';
import type { Bells } from '../inbox/bells.ts';
import { isStorageAway } from '../store/is-storage-away.ts';
import type { RoundOutcome } from './gathering.ts';
import { readKnown } from './known.ts';
import { nothingInCommon, type PlannedCall } from './nothing-in-common.ts';
import { planIngest } from './plan.ts';
import { type ReadCall, understand } from './read-call.ts';
import { type Ingested, planInput, recordCall, type Recording, writePlans } from './record-new.ts';
import { ringIngested } from './ring-ingested.ts';

/**
 * What came of one call among others: what was new in it, if anything, or what was thrown; undefined
 * where it has to come again.
 */
type Outcome = RoundOutcome<Ingested | undefined>;

/** What the Stack object stores calls with. */
export interface SharedRecording {
  stack: Recording;
  bells: Bells;
  /** Lets work outlive the calls. */
  readonly later: (work: Promise<void>) => void;
}

/** Stores calls that ingests handed on, as `recordTogether` does, and rings for what was new. */
export async function recordShared(
  calls: readonly InboundCall[],
  { stack, bells, later }: SharedRecording,
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

/**
 * Stores calls that came at once: those that have nothing in common, the first one always among them,
 * share their statements, a round trip to read and one to write. The others have to come again. Each is
 * all or nothing. Throws where storage is away: whether they were stored, nobody can say.
 */
export async function recordTogether(
  reads: readonly ReadCall[],
  stack: Recording,
): Promise<Outcome[]> {
  const known = await readKnown(stack, reads);
  const outcomes = new Map<ReadCall, Outcome>();
  const planned: PlannedCall[] = [];
  for (const read of reads) {
    const plan = planIngest(planInput(read, known, stack));
    if (plan === undefined) outcomes.set(read, { status: 'fulfilled', value: undefined });
    else planned.push({ read, plan });
  }
  for (const [read, outcome] of await write(nothingInCommon(planned), stack))
    outcomes.set(read, outcome);
  return reads.map((read) => outcomes.get(read));
}

/** Writes plans at once; where one of them cannot be written, each by itself. Throws where storage is away. */
async function write(
  planned: readonly PlannedCall[],
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
