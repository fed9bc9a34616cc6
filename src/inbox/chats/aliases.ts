/** Names that stand for other names, such as a former number for the present one. */
export class Aliases {
  readonly #next = new Map<string, string>();

  /** The name that a name stands for in the end; the name itself where nothing is known of it. */
  resolve(name: string): string {
    let last = name;
    for (let next = this.#next.get(last); next !== undefined; next = this.#next.get(last))
      last = next;
    return last;
  }

  /**
   * Lets `from`, and all that stands for it, stand for what `to` stands for. Returns whether that said
   * something new: two names that mean the same already stay as they are, so there is no circle.
   */
  add(from: string, to: string): boolean {
    const [last, target] = [this.resolve(from), this.resolve(to)];
    if (last === target) return false;
    this.#next.set(last, target);
    return true;
  }
}
