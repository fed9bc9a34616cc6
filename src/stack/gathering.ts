/** Tells what came of each item, or rejects for all of them. */
type Work<Item, Result> = (
  items: readonly Item[],
) => Promise<readonly PromiseSettledResult<Result>[]>;

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
 * the next round, in the order in which it came. What comes alone is worked on at once.
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
      await this.#workRound();
      await time;
    }
    this.#isWorking = false;
  }

  async #workRound(): Promise<void> {
    const round = this.#waiting.splice(0, this.#options.maxItems);
    try {
      const outcomes = await this.#work(round.map(({ item }) => item));
      for (const [index, { done }] of round.entries()) settle(done, outcomes[index]);
    } catch (error) {
      for (const { done } of round) done.reject(error);
    }
  }
}

function settle<Result>(
  done: PromiseWithResolvers<Result>,
  outcome: PromiseSettledResult<Result> | undefined,
): void {
  if (outcome?.status === 'fulfilled') done.resolve(outcome.value);
  else done.reject(outcome?.reason);
}
