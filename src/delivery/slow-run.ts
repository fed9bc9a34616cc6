import { log } from '../log.ts';
import { holdBlocked } from '../webhooks/chat-queue.ts';
import type { Subscription } from '../webhooks/subscriptions.ts';
import { closeBreaker, isTooOften } from './breaker.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import {
  type Claim,
  claimDue,
  dropRow,
  holdsClaim,
  loadDeliveries,
  type LoadedClaims,
  parkRow,
  release,
} from './due-rows.ts';
import type { Delivery } from './event-item.ts';
import { PATIENCE_MS } from './fast-run.ts';
import {
  countAttempt,
  freeAt,
  type RateSlot,
  readRateWindow,
  writeRateWindow,
} from './rate-window.ts';
import { settle } from './settle.ts';
import { tryDelivery, type TryResult } from './try-delivery.ts';

/**
 * No attempt begins later in a run than this. The last one then ends within the 30 seconds that work
 * may outlive its invocation (`waitUntil`, Workers limits), and should the run die, its webhook does not
 * wait for long.
 */
export const MAX_RUN_MS = 5_000;

/** How many deliveries are taken on at once. */
const MAX_CLAIMS = 10;

/** How a run of a webhook's deliveries went: what its latest attempt came to, or why it broke off. */
export type RunEnd = 'idle' | 'prompt' | 'slow' | 'failed' | 'breaker open' | 'webhook changed';

/** One lease with one webhook, which was taken `until` then. */
export class SlowRun {
  readonly subscription: Subscription;
  readonly until: number;
  readonly #deps: DeliveryDeps;
  readonly #lastStartAt: number;
  #window: RateSlot[];
  #end: RunEnd = 'idle';
  /** When the breaker closed the last time, in this run or before. */
  #closedAt: number | null;
  /** When the latest attempt began, as the log has it. */
  #latestAt = 0;

  constructor(subscription: Subscription, until: number, deps: DeliveryDeps) {
    this.subscription = subscription;
    this.until = until;
    this.#deps = deps;
    this.#lastStartAt = deps.now() + MAX_RUN_MS;
    this.#window = readRateWindow(subscription.rateWindow);
    this.#closedAt = subscription.breakerClosedAt;
  }

  get end(): RunEnd {
    return this.#end;
  }

  /** The `rate_window` column. */
  get rateWindow(): string | null {
    return this.subscription.rateLimit === null ? null : writeRateWindow(this.#window);
  }

  /** When the rate limit lets the next attempt begin (milliseconds). */
  freeAt(now: number): number {
    const { rateLimit } = this.subscription;
    return rateLimit === null ? now : freeAt(this.#window, rateLimit, now);
  }

  /** Works until nothing is due or the run is over. What it has taken on and not attempted is due again. */
  async work(): Promise<void> {
    const { stack } = this.#deps;
    const { id, ordering } = this.subscription;
    // What was made due all at once, as when it was enabled again.
    if (ordering === 'chat') await stack.db.surely([holdBlocked(id, this.#now())]);
    while (this.#mayGoOn()) {
      const limit = this.#isProbing ? 1 : MAX_CLAIMS;
      const taken = { now: this.#now(), until: this.until, limit };
      const claims = await claimDue(stack.db, this.subscription, taken);
      if (claims.length === 0) return;
      const loaded = await loadDeliveries(stack.db, claims, this.subscription);
      for (const [index, claim] of claims.entries()) {
        if (await this.#workThrough(claim, loaded)) continue;
        const nextAt = this.#now();
        await release(stack.db, id, claims.slice(index), { until: this.until, nextAt });
        return;
      }
    }
  }

  /** Works a claim, part by part, as far as that goes well; false where the run is over before. */
  async #workThrough(claim: Claim, loaded: LoadedClaims): Promise<boolean> {
    let left: Claim | undefined = claim;
    while (left !== undefined) {
      const standing = await this.#standing(left);
      if (standing === 'stop') return false;
      left = standing === 'yes' ? await this.#work(left, loaded) : undefined;
    }
    return true;
  }

  /** Whether a claim is to be worked now; 'stop' where the run is over. */
  async #standing({ seq }: Claim): Promise<'yes' | 'delivery changed' | 'stop'> {
    if (!this.#mayGoOn() || !(await this.#isFree())) return 'stop';
    const standing = await holdsClaim(this.#deps.stack.db, this.subscription, seq, this.until);
    if (standing !== 'webhook changed') return standing;
    this.#end = standing;
    return 'stop';
  }

  /** The first attempt while the breaker is open decides whether it closes. */
  get #isProbing(): boolean {
    return this.subscription.breakerOpenedAt !== null && this.#end === 'idle';
  }

  #now(): number {
    return this.#deps.now();
  }

  #mayGoOn(): boolean {
    const isOver = this.#end === 'breaker open' || this.#end === 'webhook changed';
    return !isOver && this.#now() < this.#lastStartAt;
  }

  /** Waits for the rate limit; false where that would outlast the run. */
  async #isFree(): Promise<boolean> {
    const now = this.#now();
    const at = this.freeAt(now);
    if (at >= this.#lastStartAt) return false;
    if (at > now) await this.#deps.sleep(at - now);
    return true;
  }

  /** Returns the claim of what is to follow at once. */
  async #work(claim: Claim, { deliveries, poison }: LoadedClaims): Promise<Claim | undefined> {
    const { stack } = this.#deps;
    const { seq, attempts, part } = claim;
    const key = { webhook_id: this.subscription.id, seq };
    const delivery = deliveries.get(seq);
    if (delivery !== undefined) {
      const hasMore = await this.#attempt({ ...delivery, part }, attempts + 1);
      return hasMore ? { ...claim, attempts: 0, part: part + 1 } : undefined;
    }
    if (poison.has(seq)) {
      log('delivery_parked', { stack: stack.config.name, webhook: key.webhook_id, seq });
      await parkRow(stack.db, key, this.#now());
      return undefined;
    }
    // The webhook was changed meanwhile and does not take the event any more.
    await dropRow(stack.db, key, this.#now());
    return undefined;
  }

  /** Returns whether another part is to follow one that has arrived. */
  async #attempt(delivery: Delivery, number: number): Promise<boolean> {
    const startedAt = this.#now();
    const result = this.#distinct(await tryDelivery(delivery, this.#deps));
    const endedAt = this.#now();
    const { rateLimit } = this.subscription;
    if (rateLimit !== null) this.#window = countAttempt(this.#window, rateLimit, endedAt);
    const { statements, isDisabled } = settle(delivery, result, number, this.#deps);
    const isMended = this.#isProbing && result.verdict === 'delivered';
    if (isMended) {
      this.#closedAt = endedAt;
      statements.push(closeBreaker(this.subscription.id, this.until, endedAt));
    }
    await this.#deps.stack.db.surely(statements);
    if (isDisabled) await this.#deps.announce();
    if (!('record' in result)) return false;
    const isPrompt = endedAt - startedAt < PATIENCE_MS;
    if (isDisabled) this.#end = 'webhook changed';
    else if (result.verdict === 'delivered') this.#end = isPrompt ? 'prompt' : 'slow';
    else this.#end = (await this.#isBroken()) ? 'breaker open' : 'failed';
    return result.verdict === 'delivered' && result.hasMore;
  }

  /** The log knows the attempts of a delivery by when they began: of two parts within a millisecond one would be missing. */
  #distinct(result: TryResult): TryResult {
    if (!('record' in result)) return result;
    this.#latestAt = Math.max(result.record.at, this.#latestAt + 1);
    return { ...result, record: { ...result.record, at: this.#latestAt } };
  }

  /** A probe that fails opens the breaker anew. */
  async #isBroken(): Promise<boolean> {
    if (this.#isProbing) return true;
    const { db } = this.#deps.stack;
    return isTooOften(db, this.subscription.id, this.#closedAt, this.#now());
  }
}
