/** What is to be closed when something ends. */
export class Closers {
  readonly #things: { close(): Promise<void> }[] = [];

  add(thing: { close(): Promise<void> }): void {
    this.#things.push(thing);
  }

  /** Closes everything, the latest first, also where one of them fails; then throws the first failure. */
  async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let thing = this.#things.pop(); thing !== undefined; thing = this.#things.pop()) {
      await thing.close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
