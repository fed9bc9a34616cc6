const HOUR_MS = 3_600_000;

/** 360dialog blocks a number's media look-ups for an hour after more than five failed in an hour. */
export const DOCUMENTED_FAILURES_PER_HOUR = 5;

/** Counts look-ups of media that are not there, and says when the number is blocked for them. */
export class FailedLookups {
  readonly #perHour: number;
  readonly #failures: number[] = [];
  #blockedUntil = 0;

  constructor(perHour: number) {
    this.#perHour = perHour;
  }

  /** True while media look-ups are blocked at `now` (ms). */
  blocked(now: number): boolean {
    return now < this.#blockedUntil;
  }

  /** Notes a failure at `now` (ms); true when it is one too many and the block begins. */
  add(now: number): boolean {
    this.#failures.push(now);
    while (this.#failures[0] !== undefined && this.#failures[0] <= now - HOUR_MS) {
      this.#failures.shift();
    }
    if (this.#failures.length <= this.#perHour) return false;
    this.#failures.length = 0;
    this.#blockedUntil = now + HOUR_MS;
    return true;
  }
}
