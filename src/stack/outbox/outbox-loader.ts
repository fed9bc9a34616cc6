import type { OutboxDeps } from './outbox-deps.ts';
import { PAGE_ROWS, readLatestSends, readPage } from './outbox-rows.ts';
import { addRows, chatsToRecall, type OutboxRow, type OutboxState } from './outbox-state.ts';
import { PAIR_BURST, recallBucket } from './pair-rate.ts';

/** About ten megabytes; whatever is beyond is read when half of these are sent. */
const MAX_HELD = 50_000;

/** Reads the outbox's rows into its state, each once: row numbers only grow. */
export class OutboxLoader {
  readonly #deps: Pick<OutboxDeps, 'db' | 'now'>;
  #lastSeen = 0;
  #isCut = false;

  constructor(deps: Pick<OutboxDeps, 'db' | 'now'>) {
    this.#deps = deps;
  }

  /** Whether rows were left in the database that there is room for now. */
  hasMore(state: OutboxState): boolean {
    return this.#isCut && state.laneOf.size < MAX_HELD / 2;
  }

  /** Reads what is new, as far as there is room. */
  async load(state: OutboxState): Promise<void> {
    const { db, now } = this.#deps;
    do {
      const page = await readPage(db, this.#lastSeen);
      await this.#recall(state, page);
      addRows(state, page, now());
      this.#lastSeen = page.at(-1)?.n ?? this.#lastSeen;
      this.#isCut = page.length === PAGE_ROWS;
    } while (this.#isCut && state.laneOf.size < MAX_HELD);
  }

  /**
   * After a start it is not known how much the recipients were sent: the messages tell, and those
   * rows that may have left without an answer.
   */
  async #recall(state: OutboxState, page: readonly OutboxRow[]): Promise<void> {
    const now = this.#deps.now();
    const chats = chatsToRecall(state, page, now);
    if (chats.length === 0) return;
    const sends = await readLatestSends(this.#deps.db, chats, now);
    for (const chat of chats) {
      const known = sends.get(chat) ?? [];
      const unknown = page.filter((row) => row.chat === chat).map((row) => row.attempted_at);
      const sentAt = [...known, ...unknown.filter((at) => at !== null)].toSorted((a, b) => a - b);
      state.buckets.set(chat, recallBucket(sentAt) ?? { tokens: PAIR_BURST, at: now });
    }
  }
}
