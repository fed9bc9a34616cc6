/** What came of an item; undefined where it has to come again, in the next round. */
export type RoundOutcome<Result> = PromiseSettledResult<Result> | undefined;

/** Tells what came of each item, of one at least, or rejects for all of them. */
type Work<Item, Result> = (items: readonly Item[]) => Promise<readonly RoundOutcome<Result>[]>;

/** Something that waits for its turn. */
interface Waiting<Item, Result> {
  item: Item;
  done: PromiseWithResolvers<Result>;
}

/** How a gathering works. */
export interface GatheringOptions {
  /** The most items of a round. */
  maxItems: number;
  /** Milliseconds from the beginning of a round to that of the next: rounds of few would cost as much as fuller ones. */
  minRoundMs: number;
  sleep(ms: number): Promise<void>;
}

/**
 * Work on single things that is done on several at a time: what comes while some are worked on shares
 * the next round, in the order in which it came. What comes alone, or again, is worked on at once.
 */
export class Gathering<Item, Result> {
  readonly #work: Work<Item, Result>;
  readonly #options: GatheringOptions;
  readonly #waiting: Waiting<Item, Result>[] = [];
  #isWorking = false;

  constructor(work: Work<Item, Result>, options: GatheringOptions) {
    this.#work = work;
    this.#options = options;
  }

  /** Has an item worked on; returns its result. Throws what came of it, or of its round. */
  add(item: Item): Promise<Result> {
    const done = Promise.withResolvers<Result>();
    this.#waiting.push({ item, done });
    if (!this.#isWorking) void this.#workOff();
    return done.promise;
  }

  async #workOff(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.length > 0) {
      const time = this.#options.sleep(this.#options.minRoundMs);
      const hasMore = await this.#workRound();
      if (!hasMore) await time;
    }
    this.#isWorking = false;
  }

  /** Returns whether some of it has to come again. */
  async #workRound(): Promise<boolean> {
    const round = this.#waiting.splice(0, this.#options.maxItems);
    try {
      const outcomes = await this.#work(round.map(({ item }) => item));
      const again = round.filter(({ done }, index) => !settle(done, outcomes[index]));
      if (again.length === round.length) throw new Error('A round came to nothing.');
      this.#waiting.unshift(...again);
      return again.length > 0;
    } catch (error) {
      for (const { done } of round) done.reject(error);
      return false;
    }
  }
}

/** Returns whether there is an outcome. */
function settle<Result>(
  done: PromiseWithResolvers<Result>,
  outcome: RoundOutcome<Result>,
): boolean {
  if (outcome?.status === 'fulfilled') done.resolve(outcome.value);
  else if (outcome !== undefined) done.reject(outcome.reason);
  return outcome !== undefined;
}
