import { logError } from '../log.ts';
import { isUniqueViolation, type Database } from '../store/database.ts';
import type { StackContext } from '../store/open-stack.ts';
import type { Known } from './known.ts';
import { planBodyAlone, planIngest, type IngestPlan, type PlanInput } from './plan.ts';
import { recordPlan, type RecordedEvent } from './record.ts';

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
export async function recordNew(
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
      return await write(planned, stack);
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

async function write(planned: IngestPlan, { db, files }: Recording): Promise<Ingested> {
  const written = await recordPlan(db, files, planned);
  const { messages, event } = planned;
  return {
    ...written,
    mediaIds: messages.flatMap(({ media }) => media?.uuid ?? []),
    hasIncoming: event.incoming.length > 0,
  };
}

function fingerprint(known: Known): string {
  return JSON.stringify(known);
}
