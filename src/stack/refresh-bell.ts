/** A little less than the alarm's minute, so that none is missed. */
const PAUSE_MS = 50_000;

/**
 * The bell for what is due to be fetched from WABA. Somebody may be at it just now, so it rings once in a
 * while only; the rows say what is due, and a bell more than needed finds nothing.
 */
export class RefreshBell {
  readonly #hasKey: boolean;
  readonly #ring: () => Promise<void>;
  #notBefore = 0;

  /** `ring` throws where the queue is away; without a key for WABA it is never called. */
  constructor(hasKey: boolean, ring: () => Promise<void>) {
    this.#hasKey = hasKey;
    this.#ring = ring;
  }

  /** Rings at `now` (milliseconds), unless it has rung a while ago. Throws what the queue throws. */
  async ring(now: number): Promise<void> {
    if (!this.#hasKey || now < this.#notBefore) return;
    await this.#ring();
    // Only now: what could not be rung, the next sweep must find again.
    this.#notBefore = now + PAUSE_MS;
  }
}
