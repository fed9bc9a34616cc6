import type { InboundCall } from '../config.ts';
import type { Bells } from '../inbox/bells.ts';
import type { InboundBody } from '../waba/envelope.ts';
import { readKnown } from './known.ts';
import type { PlanInput } from './plan.ts';
import { understand } from './read-call.ts';
import { recordNew, type Ingested, type Recording } from './record-new.ts';
import { ringIngested } from './ring-ingested.ts';

/** Stores a call whose body says `inbound`. Returns what was new in it, if anything; throws what D1 throws. */
export function recordCall(
  call: InboundCall,
  inbound: InboundBody,
  stack: Recording,
): Promise<Ingested | undefined> {
  const read = async (): Promise<PlanInput> => ({
    ...call,
    inbound,
    known: await readKnown(stack.db, inbound, call),
    newId: () => crypto.randomUUID(),
  });
  return recordNew(read, stack);
}

/** What the Stack object stores a call with. */
export interface SharedRecording {
  stack: Recording;
  bells: Bells;
  /** Lets work outlive the call. */
  readonly later: (work: Promise<void>) => void;
}

/** Stores a call that an ingest handed on, and rings for what was new in it. Throws what D1 throws. */
export async function recordShared(
  call: InboundCall,
  { stack, bells, later }: SharedRecording,
): Promise<void> {
  const ingested = await recordCall(call, understand(call.text), stack);
  if (ingested !== undefined) later(ringIngested(ingested, bells, stack.config));
}
