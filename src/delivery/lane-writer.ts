import type { SQL } from 'drizzle-orm';
import type { Database } from '../store/database.ts';
import type { Ledger } from './ledger.ts';

/** What the writer needs of its run. */
export interface LaneWriterDeps {
  db: Pick<Database, 'surely'>;
  ledger: Pick<Ledger, 'take'>;
  /** Milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/**
 * While more of the run is to come, so long are events gathered that share a write. It is what a receiver
 * may be told anew of should we die; a write of its own for each would hold up those to come.
 */
const GATHER_MS = 10;

/**
 * Closes events while others are still being delivered: what a receiver has taken and is not written
 * is delivered again should we die. One batch at a time, so that it takes one connection.
 */
export class LaneWriter {
  readonly #deps: LaneWriterDeps;
  /** How many deliveries of an event have neither an outcome nor a row; none where it is not here. */
  readonly #left = new Map<number, number>();
  #done: number[] = [];
  #urgent: SQL[] = [];
  #isGathering = false;
  #isWriting = false;
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
    if (left > 0) {
      this.#left.set(seq, left);
      return;
    }
    this.#left.delete(seq);
    this.#done.push(seq);
    this.#gather();
  }

  /** Writes a statement before anything else, without waiting for it. */
  writeAtOnce(statement: SQL): void {
    this.#urgent.push(statement);
    this.#start();
  }

  /** Waits until all is written. Throws where that failed: those events are still open. */
  async finish(): Promise<void> {
    this.#left.clear();
    this.#start();
    await this.#writing;
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  #gather(): void {
    if (!this.#isGathering && this.#left.size > 0) {
      this.#isGathering = true;
      void this.#deps.sleep(GATHER_MS).then(() => {
        this.#isGathering = false;
        this.#start();
      });
    }
    this.#start();
  }

  /** Events of a run that is over wait for no others. */
  #isDue(): boolean {
    if (this.#urgent.length > 0) return true;
    return this.#done.length > 0 && (!this.#isGathering || this.#left.size === 0);
  }

  #start(): void {
    if (this.#isWriting || !this.#isDue()) return;
    this.#isWriting = true;
    this.#writing = this.#write();
  }

  async #write(): Promise<void> {
    while (this.#isDue()) {
      const [urgent, done] = [this.#urgent, this.#done];
      [this.#urgent, this.#done] = [[], []];
      const { db, ledger } = this.#deps;
      try {
        await db.surely([...urgent, ...ledger.take(done, this.#deps.now())]);
      } catch (error) {
        this.#failures.push(error);
      }
    }
    this.#isWriting = false;
  }
}
