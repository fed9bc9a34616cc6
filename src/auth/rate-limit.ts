import { throttled } from '../error.ts';

/** The period of the binding in wrangler.toml: nobody waits longer. */
const PERIOD_MS = 60_000;

/**
 * Throws `throttled` where an address has asked too often in the last minute. The binding counts in the
 * memory of one location and is no exact count; without one, or without an address, nothing is refused.
 */
export async function assertRate(
  limit: RateLimit | undefined,
  what: string,
  address: string | undefined,
): Promise<void> {
  if (limit === undefined || address === undefined) return;
  const { success } = await limit.limit({ key: `${what}:${address}` });
  if (!success) throw throttled(PERIOD_MS);
}
