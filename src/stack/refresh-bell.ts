import type { Database } from '../store/database.ts';
import { hasDueRefresh } from '../inbox/refreshing/work-refreshes.ts';

/** A little less than the alarm's minute, so that none is missed. */
const PAUSE_MS = 50_000;

/** What the bell needs of the Stack object. */
export interface RefreshBellDeps {
  db: Database;
  /** Whether there is a key for WABA; without one nothing is ever fetched. */
  hasKey: boolean;
  /** Throws where the queue is away. */
  ring(): Promise<void>;
}

/**
 * Rings, when the stack's alarm does, for what is due to be fetched from WABA: what is fetched every few
 * hours, and what somebody asked for and a dead process left. Somebody may be at it just now, so it rings
 * once in a while only; the rows say what is due, and a bell more than needed finds nothing.
 */
export class RefreshBell {
  readonly #deps: RefreshBellDeps;
  #notBefore = 0;

  constructor(deps: RefreshBellDeps) {
    this.#deps = deps;
  }

  /** Rings if something is due at `now` (milliseconds). Throws where the database or the queue is away. */
  async ringIfDue(now: number): Promise<void> {
    if (!this.#deps.hasKey || now < this.#notBefore) return;
    if (!(await hasDueRefresh(this.#deps.db, now))) return;
    await this.#deps.ring();
    // Only now: what could not be rung, the next sweep must find again.
    this.#notBefore = now + PAUSE_MS;
  }
}
