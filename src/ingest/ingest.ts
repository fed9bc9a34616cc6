import type { InboundCall } from '../bindings.ts';
import { logError } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { readCall } from './read-call.ts';
import { type Ingested, recordCall } from './record-new.ts';
import { inTraffic } from './traffic.ts';

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
