import type { InboundCall } from '../bindings.ts';
import type { StackConfig } from '../config.ts';
import type { Bells } from '../inbox/bells.ts';
import { logError } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { readCall } from './read-call.ts';
import { type Ingested, recordCall } from './record-calls.ts';

/** A larger body would hold up those that it is stored with. */
const MAX_SHARED_CHARACTERS = 100_000;

/**
 * Takes one call of WABA's: authenticates it, understands it, and stores it whole. When this returns,
 * the answer may be 200: what the body says is in D1. Returns what is to be rung for, if anything.
 *
 * While calls come faster than D1 answers, `together` is handed them: it stores several at once, and
 * rings for them. Where it fails, the call is stored here: what it may have stored is known then.
 *
 * Throws `unauthenticated`, `too_large`, `invalid` (not a JSON object) and `loop` with nothing stored,
 * and whatever D1 throws, so that WABA sends it again.
 */
export async function ingest(
  request: Request,
  stack: StackContext,
  now: number,
  together?: (call: InboundCall) => Promise<void>,
): Promise<Ingested | undefined> {
  const read = await readCall(request, stack.config, now);
  const { call } = read;
  return inTraffic(stack, now, async (isRush) => {
    if (together !== undefined && isRush && call.text.length <= MAX_SHARED_CHARACTERS) {
      try {
        await together(call);
        return undefined;
      } catch (error) {
        logError('ingest_together_failed', error, { stack: stack.config.name });
      }
    }
    return recordCall(read, stack);
  });
}

/** What goes on for one stack in this isolate. */
interface Traffic {
  underWay: number;
  /** Milliseconds; until then calls are taken to come faster than they are stored. */
  rushUntil: number;
}

/** With so many others under way calls come faster than they are stored. */
const MIN_OTHERS = 2;

/**
 * A rush lasts for so long after calls met last: when a round of them has just been stored, the next
 * ones find nobody under way.
 */
const RUSH_MS = 500;

const traffic = new WeakMap<object, Traffic>();

/**
 * Does some work for `whom` at `now` (milliseconds), telling it whether such work comes in a rush.
 * Throws what it throws.
 */
export async function inTraffic<Result>(
  whom: object,
  now: number,
  work: (isRush: boolean) => Promise<Result>,
): Promise<Result> {
  const own = traffic.get(whom) ?? { underWay: 0, rushUntil: 0 };
  traffic.set(whom, own);
  if (own.underWay >= MIN_OTHERS) own.rushUntil = now + RUSH_MS;
  own.underWay += 1;
  try {
    return await work(now < own.rushUntil);
  } finally {
    own.underWay -= 1;
  }
}

/**
 * Rings for what ingests have written. Never rejects: the rows are safe, and who is not rung now is
 * found by the Stack object.
 */
export async function ringIngested(
  ingested: readonly Ingested[],
  bells: Bells,
  { name, fcm }: Pick<StackConfig, 'name' | 'fcm'>,
): Promise<void> {
  const open = ingested.flatMap((one) => [...one.openBeside, ...(one.open === 1 ? [one.seq] : [])]);
  const mediaIds = ingested.flatMap((one) => one.mediaIds);
  const incoming = ingested.filter((one) => one.hasIncoming).map(({ seq }) => seq);
  try {
    await Promise.all([
      bells.events(open),
      mediaIds.length > 0 ? bells.media(mediaIds) : undefined,
      fcm !== undefined && incoming.length > 0 ? bells.pushes(incoming) : undefined,
    ]);
  } catch (error) {
    logError('ring_failed', error, { stack: name });
  }
}
