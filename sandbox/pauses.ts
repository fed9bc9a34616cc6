/** Waits that all end at once when the sandbox closes. */
export class Pauses {
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();
  #ended = false;

  /** True once end() was called: whoever repeats something stops then. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves after so many milliseconds, or at once when the pauses were ended. */
  wait(ms: number): Promise<void> {
    if (this.#ended || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve();
      }, ms);
      this.#waiting.set(timer, resolve);
    });
  }

  /** Ends every wait now and lets no later one begin. */
  end(): void {
    this.#ended = true;
    for (const [timer, resolve] of this.#waiting) {
      clearTimeout(timer);
      resolve();
    }
    this.#waiting.clear();
  }
}
