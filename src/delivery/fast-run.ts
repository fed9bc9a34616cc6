import { ATTEMPT_DEADLINE_MS } from '../outbound/attempt.ts';
import { type DueRow, NO_ATTEMPT } from '../webhooks/delivery-rows.ts';
import { afterFailure, logFailure } from './after-failure.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import type { Delivery } from './event-item.ts';
import { runFair } from './fair-lanes.ts';
import type { LaneWriter } from './lane-writer.ts';
import type { Ledger } from './ledger.ts';
import { settleLate } from './settle.ts';
import { tryDelivery, type TryResult } from './try-delivery.ts';
import { markSlow } from './webhook-lease.ts';

/**
 * The longest that a run may begin attempts for: so it is over before the sweep takes its events for lost
 * and rings for them again.
 */
export const MAX_RUN_MS = 6_000;

/** A receiver that takes longer leaves the fast lane, so that it holds up nobody else. */
export const PATIENCE_MS = 1_000;

/** An attempt that is under way must be over by then; if we died meanwhile, it is made anew. */
const IN_FLIGHT_MS = 2 * ATTEMPT_DEADLINE_MS;

/** Who has the lease of a webhook looks for more at its end; this is for when it ended just before. */
const LOOK_AGAIN_MS = 1_000;

/** What a run puts down what it comes to in. */
export interface FastRunBooks {
  ledger: Ledger;
  writer: LaneWriter;
  /** Resolves when the ledger is written, or that has failed. */
  written: Promise<void>;
}

/**
 * Attempts deliveries once, each webhook's in order and fairly among the webhooks. Resolves when each
 * has an outcome or a row in the ledger; an attempt that hangs goes on without being waited for.
 */
export function runFast(
  deliveries: readonly Delivery[],
  { ledger, writer, written }: FastRunBooks,
  deps: DeliveryDeps,
): Promise<void> {
  const lastStartAt = deps.now() + deps.maxRunMs;
  const outcomes = new Map<Delivery, Promise<TryResult>>();
  const handedOver = new Set<Delivery>();
  const slow = new Set(deliveries.filter(isInSlowLane).map(({ subscription }) => subscription.id));
  return runFair(deliveries, {
    keyOf: ({ subscription }) => subscription.id,
    isLeftOut: (key) =>
      slow.has(Number(key)) || ledger.isSlow(Number(key)) || deps.now() >= lastStartAt,
    leaveOut: (delivery) => {
      leaveToSlowLane(delivery, ledger, deps.now());
      writer.settled(delivery.event.seq);
    },
    maxInFlight: deps.maxInFlight,
    patienceMs: PATIENCE_MS,
    sleep: (ms) => deps.sleep(ms),
    run: async (delivery) => {
      const outcome = tryDelivery(delivery, deps);
      outcomes.set(delivery, outcome);
      const result = await outcome;
      if (handedOver.has(delivery)) return;
      enter(ledger, delivery, result, deps);
      writer.settled(delivery.event.seq);
    },
    onImpatient: (delivery, rest) => {
      handedOver.add(delivery);
      const now = deps.now();
      const until = now + IN_FLIGHT_MS;
      // Other invocations read this before the event is closed.
      writer.writeAtOnce(markSlow(delivery.subscription.id, now, until));
      ledger.slow(delivery.subscription);
      ledger.put(firstRow(delivery, 1, until));
      writer.settled(delivery.event.seq);
      deps.later(
        rest.then(() => settleLate(delivery, outcomes.get(delivery), written, until, deps)),
      );
    },
  });
}

/** Order and a rate limit need one attempt at a time, whoever makes it: that is the slow lane's lease. */
function isInSlowLane({ subscription }: Delivery): boolean {
  const { slowSince, isUnreadable, ordering, rateLimit } = subscription;
  return slowSince !== null || isUnreadable || ordering !== 'none' || rateLimit !== null;
}

function enter(ledger: Ledger, delivery: Delivery, result: TryResult, deps: DeliveryDeps): void {
  if (result.verdict === 'nothing') return;
  if (result.verdict === 'several') {
    leaveToSlowLane(delivery, ledger, deps.now());
    return;
  }
  if (result.verdict === 'delivered') {
    ledger.delivered(delivery, result.record);
    return;
  }
  logFailure(delivery, result, 1, deps);
  if ('record' in result) ledger.failed(delivery, result.record, result.reason);
  if (result.verdict === 'gone') ledger.gone(delivery.subscription, result.reason);
  ledger.put({ ...keyOf(delivery), ...afterFailure(delivery, result, 1, deps) });
}

function keyOf({ event, subscription }: Delivery): { webhook_id: number; seq: number } {
  return { webhook_id: subscription.id, seq: event.seq };
}

/** Due at once, for whoever has the webhook's lease. Nobody is rung for it while that is taken. */
function leaveToSlowLane(delivery: Delivery, ledger: Ledger, now: number): void {
  const { probeAt, leaseUntil } = delivery.subscription;
  const leaseAt = Math.min(leaseUntil ?? now, now + LOOK_AGAIN_MS);
  ledger.put(firstRow(delivery, 0, now), Math.max(leaseAt, probeAt ?? now, now));
}

/** An attempt under way is due again only when it must be over: if we die meanwhile, it is made anew. */
function firstRow(delivery: Delivery, attempts: number, next_at: number): DueRow {
  return { ...keyOf(delivery), ...NO_ATTEMPT, state: 'due', attempts, next_at, last_error: null };
}
