/**
 * How much one recipient may be sent: 45 messages at once, then one in six seconds (Meta's pair rate
 * limit). `tokens` of them were left at `at` (milliseconds).
 */
export interface PairBucket {
  tokens: number;
  at: number;
}

export const PAIR_BURST = 45;

/** Six seconds, and a little for the way there: WhatsApp counts by its own clock. */
export const PAIR_REFILL_MS = 6_050;

/** After this time without a message a recipient's bucket is full again. */
export const PAIR_MEMORY_MS = PAIR_BURST * PAIR_REFILL_MS;

/** What is left in a bucket now; undefined means that nothing was sent lately. */
export function tokensOf(bucket: PairBucket | undefined, now: number): number {
  if (bucket === undefined) return PAIR_BURST;
  const refilled = bucket.tokens + (now - bucket.at) / PAIR_REFILL_MS;
  return Math.min(PAIR_BURST, refilled);
}

/** When one more message may leave: `now`, or a time to come. */
export function pairReadyAt(bucket: PairBucket | undefined, now: number): number {
  const tokens = tokensOf(bucket, now);
  return tokens >= 1 ? now : Math.ceil(now + (1 - tokens) * PAIR_REFILL_MS);
}

/** The bucket after a message that leaves now. */
export function takeToken(bucket: PairBucket | undefined, now: number): PairBucket {
  return { tokens: tokensOf(bucket, now) - 1, at: now };
}

/** The bucket that messages sent at these times (milliseconds, oldest first) have left behind. */
export function recallBucket(sentAt: readonly number[]): PairBucket | undefined {
  let bucket: PairBucket | undefined;
  for (const at of sentAt) bucket = takeToken(bucket, at);
  return bucket;
}
