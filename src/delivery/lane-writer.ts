import type { SQL } from 'drizzle-orm';
import type { Database } from '../store/database.ts';
import type { Ledger } from './ledger.ts';

/** What the writer needs of its run. */
export interface LaneWriterDeps {
  db: Pick<Database, 'surely'>;
  ledger: Pick<Ledger, 'take'>;
  /** Milliseconds. */
  now(): number;
}

/**
 * Closes events while others are still being delivered: what a receiver has taken and is not written
 * is delivered again should we die. One batch at a time, so that it takes one connection; what comes
 * meanwhile shares the next one.
 */
export class LaneWriter {
  readonly #deps: LaneWriterDeps;
  /** How many deliveries of an event have neither an outcome nor a row. */
  readonly #left = new Map<number, number>();
  #done: number[] = [];
  #urgent: SQL[] = [];
  #writing: Promise<void> | undefined;
  #failures: unknown[] = [];

  /** `seqs` names the event of each delivery; `others` are events that have none. */
  constructor(seqs: readonly number[], others: readonly number[], deps: LaneWriterDeps) {
    this.#deps = deps;
    for (const seq of seqs) this.#left.set(seq, (this.#left.get(seq) ?? 0) + 1);
    this.#done.push(...others);
  }

  /** A delivery of an event has an outcome or a row in the ledger. */
  settled(seq: number): void {
    const left = (this.#left.get(seq) ?? 0) - 1;
    this.#left.set(seq, left);
    if (left > 0) return;
    this.#done.push(seq);
    this.#start();
  }

  /** Writes a statement before anything else, without waiting for it. */
  writeAtOnce(statement: SQL): void {
    this.#urgent.push(statement);
    this.#start();
  }

  /** Waits until all is written. Throws where that failed: those events are still open. */
  async finish(): Promise<void> {
    this.#start();
    await this.#writing;
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #start(): void {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    while (this.#done.length > 0 || this.#urgent.length > 0) {
      const [urgent, done] = [this.#urgent, this.#done];
      [this.#urgent, this.#done] = [[], []];
      const { db, ledger } = this.#deps;
      try {
        await db.surely([...urgent, ...ledger.take(done, this.#deps.now())]);
      } catch (error) {
        this.#failures.push(error);
      }
    }
  }
}
