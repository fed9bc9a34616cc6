import { REFRESH_STEPS } from '../inbox/refreshing/refresh-steps.ts';
import { workRefreshes } from '../inbox/refreshing/work-refreshes.ts';
import type { StackContext } from '../store/open-stack.ts';

/** A little less than the alarm's minute, so that none is missed. */
const PAUSE_MS = 50_000;

/** The next alarm goes on with what is left. */
const BUDGET_MS = 40_000;

/**
 * Works when the stack's alarm rings what is due to be fetched from WABA: what somebody asked for and
 * a dead process left, and what is fetched every few hours anyway. One request at a time, so the
 * object's connections are left to others.
 */
export class Refresher {
  readonly #stack: StackContext;
  #isBusy = false;
  #notBefore = 0;

  constructor(stack: StackContext) {
    this.#stack = stack;
  }

  /** Does what it is time for at `now` (milliseconds). Never rejects. */
  async work(now: number): Promise<void> {
    if (this.#isBusy || now < this.#notBefore) return;
    this.#isBusy = true;
    this.#notBefore = now + PAUSE_MS;
    await workRefreshes(this.#stack, REFRESH_STEPS, BUDGET_MS);
    this.#isBusy = false;
  }
}
