/** The object's alarm is never further off than this, so that what every bell lost is found. */
export const MAX_SLEEP_MS = 60_000;

/** While storage fails, it is asked this often. */
export const FAILING_SLEEP_MS = 5_000;

/** Two sweeps are at least this far apart: what was just rung is not rung again at once. */
const MIN_SLEEP_MS = 500;

/**
 * The one alarm of a Durable Object. Earlier calls win, and setting it costs a row written, so it is
 * set only when it moves forward.
 */
export class AlarmClock {
  readonly #storage: DurableObjectStorage;
  #at: number | null | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Sees to it that the alarm rings at `at` (milliseconds) at the latest. */
  async ringBy(at: number, now: number): Promise<void> {
    if (this.#at === undefined) this.#at = await this.#storage.getAlarm();
    const wanted = Math.max(at, now + MIN_SLEEP_MS);
    // An alarm in the past has rung or is about to.
    if (this.#at !== null && this.#at >= now && this.#at <= wanted) return;
    this.#at = wanted;
    await this.#storage.setAlarm(wanted);
  }

  /** The alarm has rung: there is none until the next `ringBy`. */
  hasRung(): void {
    this.#at = null;
  }
}
