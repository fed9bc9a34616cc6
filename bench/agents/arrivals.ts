/** The mark in the text of everything that the bench sends: the name of its load and its number. */
const MARK = /bench-([a-z0-9]+)-(\d+)/;

/** What the receivers of a load got. */
export interface ArrivalReport {
  /** Of each receiver, by the number of what was sent: when it came first; not a number where it did not. */
  at: Float64Array[];
  /** How much came again. */
  duplicates: number;
}

/** The first and last arrivals of each thing that was sent, at any number of receivers. */
export class Arrivals {
  readonly #name: string;
  readonly #at: Float64Array[];
  #missing: number;
  #duplicates = 0;
  #onComplete: () => void = () => undefined;

  /** Expects so many of a load of that name at each of so many receivers. */
  constructor(name: string, count: number, receivers: number) {
    this.#name = name;
    this.#at = Array.from({ length: receivers }, () => new Float64Array(count).fill(NaN));
    this.#missing = count * receivers;
  }

  /** Notes what came to a receiver; what is not of this load counts nothing. */
  note(receiver: number, text: string, at: number): void {
    const [, name, number] = MARK.exec(text) ?? [];
    const times = this.#at[receiver];
    const index = Number(number);
    if (name !== this.#name || times === undefined || index >= times.length) return;
    if (!Number.isNaN(times[index])) {
      this.#duplicates += 1;
      return;
    }
    times[index] = at;
    this.#missing -= 1;
    if (this.#missing === 0) this.#onComplete();
  }

  /** Resolves once everything has come, or after so long; milliseconds. */
  async complete(timeoutMs: number): Promise<ArrivalReport> {
    if (this.#missing > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#onComplete = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return { at: this.#at, duplicates: this.#duplicates };
  }
}
