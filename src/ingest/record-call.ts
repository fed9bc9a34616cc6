import { linksAt } from '../inbox/media/links.ts';
import { readKnown, type Known } from './known.ts';
import type { PlanInput } from './plan.ts';
import { understand, type ReadCall } from './read-call.ts';
import { recordNew, type Ingested, type Recording } from './record-new.ts';

/** Stores a call by itself. Returns what was new in it, if anything; throws what D1 throws. */
export function recordCall(read: ReadCall, stack: Recording): Promise<Ingested | undefined> {
  return recordNew(async () => planInput(read, await readKnown(stack, [read]), stack), stack);
}

/** What a call is planned from, once what is known of it was read. */
export function planInput(
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
