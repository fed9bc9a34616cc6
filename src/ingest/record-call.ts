import { linksAt } from '../inbox/media/links.ts';
import { readKnown, type Known } from './known.ts';
import type { PlanInput } from './plan.ts';
import type { ReadCall } from './read-call.ts';
import { recordNew, type Ingested, type Recording } from './record-new.ts';

/** Stores a call by itself. Returns what was new in it, if anything; throws what D1 throws. */
export function recordCall(read: ReadCall, stack: Recording): Promise<Ingested | undefined> {
  return recordNew(async () => planInput(read, await readKnown(stack.db, [read]), stack), stack);
}

/** What a call is planned from, once what is known of it was read. */
export function planInput(
  { call, inbound }: ReadCall,
  known: Known,
  { config }: Pick<Recording, 'config'>,
): PlanInput {
  const links = linksAt(config, call.baseUrl, call.now);
  return { ...call, ...links, inbound, known, newId: () => crypto.randomUUID() };
}
