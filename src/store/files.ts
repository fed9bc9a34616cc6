/** The R2 objects of one stack: every key starts with the stack's name, so no stack can reach another's. */
export class Files {
  readonly #bucket: R2Bucket;
  readonly #prefix: string;

  constructor(bucket: R2Bucket, stack: string) {
    this.#bucket = bucket;
    this.#prefix = `${stack}/`;
  }

  /** Stores bytes under a key. A stream must have a known length (an R2 rule). */
  async put(
    key: string,
    value: ReadableStream | ArrayBuffer | Uint8Array | string,
    options?: R2PutOptions,
  ): Promise<R2Object> {
    return this.#bucket.put(this.#prefix + key, value, options);
  }

  /**
   * Opens an object, or the part of it that `options.range` asks for; null where there is none.
   * With `options.onlyIf` the answer may lack a body: the caller's copy is still good.
   */
  async get(key: string, options?: R2GetOptions): Promise<R2ObjectBody | R2Object | null> {
    return this.#bucket.get(this.#prefix + key, options ?? {});
  }

  /** Returns an object's text, or null where there is none. */
  async getText(key: string): Promise<string | null> {
    const object = await this.#bucket.get(this.#prefix + key);
    return object === null ? null : object.text();
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#bucket.delete(keys.map((key) => this.#prefix + key));
  }
}
