import { isStorageAway } from '../store/is-storage-away.ts';
import { linksAt } from '../inbox/media/links.ts';
import { log, logError } from '../log.ts';
import { type Database, isUniqueViolation } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import type { RoundOutcome } from './gathering.ts';
import { type Known, readKnown } from './known.ts';
import { nothingInCommon, type PlannedCall } from './nothing-in-common.ts';
import { type IngestPlan, planBodyAlone, planIngest } from './plan.ts';
import type { PlanInput } from './known.ts';
import { type ReadCall, understand } from './read-call.ts';
import { type RecordedEvent, recordPlans } from './record.ts';

/** What an ingest wrote; undefined where all of it was known. */
export interface Ingested extends RecordedEvent {
  mediaIds: string[];
  /** Whether customers wrote something new. */
  hasIncoming: boolean;
}

/** Where a body is stored. */
export type Recording = Pick<StackContext, 'config' | 'files'> & { db: Pick<Database, 'batch'> };

/** How often a body is planned anew after another request stored a part of it first. */
const MAX_RACES = 5;

/**
 * Plans and writes a body, anew after each race that was lost; `read` reads what is known of it. A race
 * leaves a trace in what is known. A violation that comes again with nothing new known is none: the
 * items can never be stored, so the body is stored alone. Throws what D1 throws otherwise.
 */
async function recordNew(
  read: () => Promise<PlanInput>,
  stack: Recording,
): Promise<Ingested | undefined> {
  let plan = planIngest;
  let formerlyKnown: string | undefined;
  for (let race = 0; ; race += 1) {
    const input = await read();
    const planned = plan(input);
    if (planned === undefined) return undefined;
    try {
      const [ingested] = await writePlans([planned], stack);
      return ingested;
    } catch (error) {
      if (!isUniqueViolation(error) || race === MAX_RACES) throw error;
      const known = fingerprint(input.known);
      if (known === formerlyKnown && plan === planIngest) {
        logError('ingest_items_given_up', error, { stack: stack.config.name });
        plan = planBodyAlone;
      }
      formerlyKnown = known;
    }
  }
}

/** Writes plans that have nothing in common. Throws what `recordPlans` throws. */
async function writePlans(
  plans: readonly IngestPlan[],
  { db, files, config }: Recording,
): Promise<Ingested[]> {
  const written = await recordPlans(db, files, plans);
  for (const id of plans.flatMap(({ foreign }) => foreign)) {
    log('foreign_number', { stack: config.name, phone_number_id: id });
  }
  return written.map((event, index) => ({
    ...event,
    ...rungFor(plans[index]),
  }));
}

function rungFor(plan: IngestPlan | undefined): Pick<Ingested, 'mediaIds' | 'hasIncoming'> {
  const withFiles = plan === undefined ? [] : [...plan.messages, ...plan.fills];
  return {
    mediaIds: withFiles.flatMap(({ media }) => media?.uuid ?? []),
    hasIncoming: plan?.messages.some(({ rank }) => rank !== null && rank > 0) ?? false,
  };
}

function fingerprint(known: Known): string {
  return JSON.stringify(known);
}

/** Stores a call by itself. Returns what was new in it, if anything; throws what D1 throws. */
export function recordCall(read: ReadCall, stack: Recording): Promise<Ingested | undefined> {
  return recordNew(async () => planInput(read, await readKnown(stack, [read]), stack), stack);
}

/** What a call is planned from, once what is known of it was read. */
function planInput(
  { call, inbound }: ReadCall,
  known: Known,
  { config }: Pick<Recording, 'config'>,
): PlanInput {
  const own = known.ownNumber?.is_current === 1 ? known.ownNumber.id : undefined;
  const hasForeign = own !== undefined && inbound.numberIds.some((id) => id !== own);
  return {
    ...call,
    ...linksAt(config, call.baseUrl, call.now),
    // Rare, so that it does not matter that it is read again.
    inbound: hasForeign ? understand(call.text, own) : inbound,
    known,
    newId: () => crypto.randomUUID(),
  };
}

/**
 * What came of one call among others: what was new in it, if anything, or what was thrown; undefined
 * where it has to come again.
 */
type Outcome = RoundOutcome<Ingested | undefined>;

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
