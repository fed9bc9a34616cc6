/** A queue that lags is given this long before its events are rung again. */
const RING_AGAIN_MS = 60_000;

/**
 * Which open events the sweep has rung lately. They are rung in the order of their sequence numbers,
 * so one number tells; after a while the round begins anew. Lost with the object's memory, which at
 * worst rings once more.
 */
export class RungEvents {
  #upTo = 0;
  #since = 0;

  /** The sequence number up to which nothing has to be rung now. */
  upTo(now: number): number {
    if (now - this.#since >= RING_AGAIN_MS) this.#upTo = 0;
    return this.#upTo;
  }

  /** Takes note of events that were rung. */
  note(seqs: readonly number[], now: number): void {
    if (seqs.length === 0) return;
    if (this.#upTo === 0) this.#since = now;
    this.#upTo = Math.max(this.#upTo, ...seqs);
  }
}
