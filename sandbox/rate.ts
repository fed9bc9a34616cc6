/** How fast the pretend WhatsApp lets a business send. */
export type RateLimits = {
  /** Accepted messages in any sliding second. */
  numberPerSecond: number;
  /** Messages to one recipient at once. */
  pairBurst: number;
  /** Milliseconds after which a recipient may get one more. */
  pairRefillMs: number;
};

/** The documented limits: 80 a second per number; bursts of 45 to one user, then 1 in 6 s. */
export const DOCUMENTED_LIMITS: RateLimits = {
  numberPerSecond: 80,
  pairBurst: 45,
  pairRefillMs: 6_000,
};

/** What a message would break by being accepted now. */
export type Excess = 'number' | 'pair';

type Bucket = { tokens: number; at: number };

/** Counts accepted messages against the number's and the pair's limit. */
export class Rate {
  readonly #limits: RateLimits;
  /** When the latest messages were accepted, oldest first; never more than numberPerSecond. */
  readonly #accepted: number[] = [];
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  /** Accepts a message at `now` (ms of a clock that only goes forward), or names the limit it breaks. */
  admit(recipient: string, now: number): Excess | undefined {
    while (this.#accepted[0] !== undefined && this.#accepted[0] <= now - 1_000) {
      this.#accepted.shift();
    }
    if (this.#accepted.length >= this.#limits.numberPerSecond) return 'number';

    const tokens = this.#tokens(recipient, now);
    if (tokens < 1) return 'pair';
    this.#buckets.set(recipient, { tokens: tokens - 1, at: now });
    this.#accepted.push(now);
    return undefined;
  }

  #tokens(recipient: string, now: number): number {
    const { pairBurst, pairRefillMs } = this.#limits;
    const bucket = this.#buckets.get(recipient) ?? { tokens: pairBurst, at: now };
    return Math.min(pairBurst, bucket.tokens + (now - bucket.at) / pairRefillMs);
  }
}
