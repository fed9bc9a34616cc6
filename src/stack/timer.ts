/** One timer that can be set anew. It keeps the object in memory until it has rung. */
export class Timer {
  readonly #ring: () => void;
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings in `ms` milliseconds in the place of what was set before; undefined sets nothing. */
  set(ms: number | undefined): void {
    clearTimeout(this.#handle);
    this.#handle = ms === undefined ? undefined : setTimeout(this.#ring, Math.max(0, ms));
  }
}
