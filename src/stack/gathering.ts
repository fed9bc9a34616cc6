/** Something that waits for its turn. */
interface Waiting<Item, Result> {
  item: Item;
  done: PromiseWithResolvers<Result>;
}

/**
 * Work on single things that is done on several at a time: what comes while some are worked on shares
 * the next round, in the order in which it came.
 */
export class Gathering<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #maxItems: number;
  readonly #waiting: Waiting<Item, Result>[] = [];
  #isWorking = false;

  /** `work` returns a result for each item, or rejects for all of them; it is given `maxItems` at most. */
  constructor(work: (items: readonly Item[]) => Promise<readonly Result[]>, maxItems: number) {
    this.#work = work;
    this.#maxItems = maxItems;
  }

  /** Has an item worked on; returns its result. Throws what the round throws. */
  add(item: Item): Promise<Result> {
    const done = Promise.withResolvers<Result>();
    this.#waiting.push({ item, done });
    if (!this.#isWorking) void this.#workOff();
    return done.promise;
  }

  async #workOff(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.length > 0) {
      const round = this.#waiting.splice(0, this.#maxItems);
      try {
        const results = await this.#work(round.map(({ item }) => item));
        for (const [index, result] of results.entries()) round[index]?.done.resolve(result);
      } catch (error) {
        for (const { done } of round) done.reject(error);
      }
    }
    this.#isWorking = false;
  }
}
