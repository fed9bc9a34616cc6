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

/**
 * So many of a recipient's latest messages are looked at to recall its bucket: when it is emptied and
 * then sent to as fast as it fills, they reach back over the whole of its memory.
 */
export const RECALLED_SENDS = 2 * PAIR_BURST;

/**
 * The bucket that the latest messages, sent at these times (milliseconds, oldest first), have left
 * behind. Where there may have been more before them, the bucket counts as empty but for the first:
 * what left had a token.
 */
export function recallBucket(sentAt: readonly number[]): PairBucket | undefined {
  const [first] = sentAt;
  if (first === undefined) return undefined;
  const isCut = sentAt.length >= RECALLED_SENDS;
  let bucket: PairBucket = { tokens: isCut ? 1 : PAIR_BURST, at: first };
  for (const at of sentAt) bucket = { tokens: Math.max(tokensOf(bucket, at), 1) - 1, at };
  return bucket;
}
