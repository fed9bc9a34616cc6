/** The alarm is never further off than this, so that what every bell lost is found. */
export const MAX_SLEEP_MS = 60_000;

/** While storage fails, it is asked this often. */
const FAILING_SLEEP_MS = 5_000;

/** Two sweeps are at least this far apart: what was just rung is not rung again at once. */
const MIN_SLEEP_MS = 500;

/**
 * The one alarm of a Durable Object. Setting it costs a row written, so it is set only when it moves.
 * Times are milliseconds.
 */
export class AlarmClock {
  readonly #storage: Pick<DurableObjectStorage, 'getAlarm' | 'setAlarm'>;
  /** When it rings; null when it is off, undefined when that is not known yet. */
  #at: number | null | undefined;
  /** The earliest time asked for while a sweep is under way. */
  #asked = Infinity;

  constructor(storage: Pick<DurableObjectStorage, 'getAlarm' | 'setAlarm'>) {
    this.#storage = storage;
  }

  /** Sees to it that the alarm rings at `at` at the latest. */
  async ringBy(at: number, now: number): Promise<void> {
    this.#asked = Math.min(this.#asked, at);
    if (this.#at === undefined) this.#at = await this.#storage.getAlarm();
    const wanted = Math.max(Math.min(at, now + MAX_SLEEP_MS), now + MIN_SLEEP_MS);
    if (this.#at !== null && this.#at <= wanted) return;
    await this.#set(wanted);
  }

  /** The alarm has rung. It is set again before anything else, in case all that follows fails. */
  async beginSweep(now: number): Promise<void> {
    this.#asked = Infinity;
    await this.#set(now + FAILING_SLEEP_MS);
  }

  /** The sweep is done: the alarm moves to `nextAt`, or to what was asked for meanwhile. */
  async endSweep(nextAt: number, now: number): Promise<void> {
    const wanted = Math.min(nextAt, this.#asked, now + MAX_SLEEP_MS);
    await this.#set(Math.max(wanted, now + MIN_SLEEP_MS));
  }

  async #set(at: number): Promise<void> {
    this.#at = at;
    try {
      await this.#storage.setAlarm(at);
    } catch (error) {
      // What is set is not known now: the next call asks.
      this.#at = undefined;
      throw error;
    }
  }
}
