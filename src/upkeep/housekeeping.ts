import { workTagDeletions } from '../inbox/tags/work-tag-deletions.ts';
import { log, logError } from '../log.ts';
import type { StackContext } from '../store/open-stack.ts';
import { storageUse } from '../store/storage-use.ts';
import { resealWebhooks } from '../webhooks/reseal-webhooks.ts';
import { addUpTotals } from '../webhooks/totals/add-up-totals.ts';
import { workErasures } from './erasing/work-erasures.ts';
import { type PrunedKind, pruneSteps, rarePruneSteps, runSteps } from './retention/prune.ts';

/** While nothing is left over; a little less than the alarm's minute, so that none is missed. */
const PAUSE_MS = 50_000;

/** While there is more to do: the database has to serve others, too. */
const BUSY_PAUSE_MS = 5_000;

/** Rounds of bounded steps in one go: two thousand events, say. */
const MAX_ROUNDS = 10;

/** How long customers are erased in one go. */
const ERASING_MS = 3_000;

/** How long the taggings of deleted tags are removed in one go. */
const UNTAGGING_MS = 2_000;

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** What reads tables through is done when an hour begins: an evicted object knows that, too. */
const RARE_WINDOW_MS = 2 * 60_000;

/**
 * Adds up how webhooks fared, removes some of what the stack keeps no longer, and goes on with erasing
 * customers and deleting tags: a bounded piece of work. With `isThorough`, what is rarely necessary, too. One log line where something was removed.
 * Returns whether there is more to do; `now` is in milliseconds.
 */
export async function keepHouse(
  stack: StackContext,
  now: number,
  isThorough = true,
): Promise<boolean> {
  // Before the log is pruned that it reads.
  let hasMore = await addUpTotals(stack.db);
  if (await workErasures(stack, Date.now() + ERASING_MS)) hasMore = true;
  // The sweep rings for the events of it.
  if ((await workTagDeletions(stack, Date.now() + UNTAGGING_MS)).hasMore) hasMore = true;
  let steps = [...pruneSteps(stack), ...(isThorough ? rarePruneSteps(stack) : [])];
  const removed = new Map<PrunedKind, number>();
  for (let round = 0; round < MAX_ROUNDS && steps.length > 0; round += 1) {
    const result = await runSteps(steps, now);
    for (const [kind, count] of result.removed) {
      removed.set(kind, (removed.get(kind) ?? 0) + count);
    }
    steps = result.unfinished;
  }
  hasMore ||= steps.length > 0;
  if (removed.size > 0) {
    log('house_kept', { stack: stack.config.name, ...Object.fromEntries(removed), more: hasMore });
  }
  return hasMore;
}

/** What the housekeeper needs of the Stack object. Times are milliseconds. */
export interface HouseDeps {
  stack: StackContext;
  now(): number;
  /** Asks for the alarm. */
  ringBy(at: number): Promise<void>;
  /** Keeps when the last warning was, over restarts. */
  warned: { load(): Promise<number>; save(at: number): Promise<void> };
}

/** Keeps a stack's house when its alarm rings: now and then, and more often while there is much to do. */
export class Housekeeper {
  readonly #deps: HouseDeps;
  #isBusy = false;
  /** Since this object began, as each does with settings that are new to it. */
  #isResealed = false;
  #notBefore = 0;
  /** The hour in which the rare work was done last. */
  #rareHour = 0;

  constructor(deps: HouseDeps) {
    this.#deps = deps;
  }

  /** Does what it is time for. Never rejects. */
  async work(): Promise<void> {
    const now = this.#deps.now();
    if (this.#isBusy || now < this.#notBefore) return;
    this.#isBusy = true;
    // Also where it fails: storage that is away is not asked sooner for it.
    this.#notBefore = now + PAUSE_MS;
    try {
      await this.#workAt(now);
    } catch (error) {
      logError('housekeeping_failed', error, { stack: this.#deps.stack.config.name });
    }
    this.#isBusy = false;
  }

  async #workAt(now: number): Promise<void> {
    const isThorough = this.#isRareTime(now);
    if (isThorough || !this.#isResealed) await resealWebhooks(this.#deps.stack);
    this.#isResealed = true;
    if (isThorough) await this.#warn(now);
    if (!(await keepHouse(this.#deps.stack, now, isThorough))) return;
    this.#notBefore = now + BUSY_PAUSE_MS;
    await this.#deps.ringBy(this.#notBefore);
  }

  #isRareTime(now: number): boolean {
    const hour = Math.floor(now / HOUR_MS);
    if (hour === this.#rareHour || now % HOUR_MS >= RARE_WINDOW_MS) return false;
    this.#rareHour = hour;
    return true;
  }

  /** Once a day, a log line where the database is nearly full. */
  async #warn(now: number): Promise<void> {
    const { stack, warned } = this.#deps;
    const { bytes, limitBytes, isNear } = await storageUse(stack);
    if (!isNear || now - (await warned.load()) < DAY_MS) return;
    log('database_nearly_full', { stack: stack.config.name, bytes, limit_bytes: limitBytes });
    await warned.save(now);
  }
}
