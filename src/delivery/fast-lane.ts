import { sql } from 'drizzle-orm';
import { parkEvent } from '../inbox/dead-letters/park-doorbell.ts';
import type { EventRow } from '../inbox/events.ts';
import { loadSubscriptions } from '../inbox/webhooks/subscriptions.ts';
import { log, logError } from '../log.ts';
import { jsonList } from '../store/database.ts';
import { afterFailure, logFailure } from './after-failure.ts';
import { ATTEMPT_DEADLINE_MS } from './attempt.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { NO_ATTEMPT, type DueRow } from './due-row.ts';
import { deliveriesOf, readEvents, type Delivery } from './event-item.ts';
import { runFair } from './fair-lanes.ts';
import { Ledger } from './ledger.ts';
import { settleLate } from './settle-late.ts';
import { tryDelivery, type TryResult } from './try-delivery.ts';
import { markSlow } from './webhook-turn.ts';

/** Of an invocation's six connections (Workers limits) two are left for D1 and the queues. */
const MAX_IN_FLIGHT = 4;

/** A receiver that takes longer leaves the fast lane, so that it holds up nobody else. */
export const PATIENCE_MS = 1_000;

/** An attempt that is under way must be over by then; if we died meanwhile, it is made anew. */
const IN_FLIGHT_MS = 2 * ATTEMPT_DEADLINE_MS;

/** Who has the turn of a webhook looks for more at its end; this is for when it ended just before. */
const LOOK_AGAIN_MS = 1_000;

/** What is left for the slow lane. */
export interface Leftover {
  webhooks: number[];
  /** Milliseconds; when the earliest of it is due. */
  nextAt: number | undefined;
}

/**
 * Delivers open events to all webhooks that answer at once, and leaves the others to the slow lane as
 * due rows. When it returns each delivery of the events has an outcome or a row, and the events are
 * closed; when it throws they are still open. An event whose row cannot be read is parked.
 */
export async function deliverEvents(
  seqs: readonly number[],
  deps: DeliveryDeps,
): Promise<Leftover> {
  const { db } = deps.stack;
  const rows = await db.all<EventRow>(sql`
    select * from events where seq in (select value from json_each(${jsonList(seqs)})) and open = 1 order by seq`);
  if (rows.length === 0) return { webhooks: [], nextAt: undefined };
  const subscriptions = await loadSubscriptions(deps.stack);
  const { events, poison } = readEvents(rows);
  const deliveries = events.flatMap((event) => deliveriesOf(event, subscriptions));
  const ledger = new Ledger();
  const written = Promise.withResolvers<void>();
  try {
    await runLane(deliveries, ledger, written.promise, deps);
    const closed = events.map(({ seq }) => seq);
    const now = deps.now();
    const parked = poison.flatMap(({ seq, error }) => {
      log('dead_letter', { stack: deps.stack.config.name, kind: 'event', reference: seq });
      return parkEvent(seq, error, now);
    });
    await db.surely([...parked, ...ledger.statements(closed, now)]);
  } finally {
    written.resolve();
  }
  if (ledger.hasGone) await deps.announce();
  return ledger.leftover(deps.now());
}

function runLane(
  deliveries: readonly Delivery[],
  ledger: Ledger,
  written: Promise<void>,
  deps: DeliveryDeps,
): Promise<void> {
  const outcomes = new Map<Delivery, Promise<TryResult>>();
  const handedOver = new Set<Delivery>();
  const slow = new Set(deliveries.filter(isInSlowLane).map(({ subscription }) => subscription.id));
  return runFair(deliveries, {
    keyOf: ({ subscription }) => subscription.id,
    isLeftOut: (key) => slow.has(Number(key)) || ledger.isSlow(Number(key)),
    leaveOut: (delivery) => leaveToSlowLane(delivery, ledger, deps.now()),
    maxInFlight: MAX_IN_FLIGHT,
    patienceMs: PATIENCE_MS,
    sleep: (ms) => deps.sleep(ms),
    run: async (delivery) => {
      const outcome = tryDelivery(delivery, deps);
      outcomes.set(delivery, outcome);
      const result = await outcome;
      if (!handedOver.has(delivery)) enter(ledger, delivery, result, deps);
    },
    onImpatient: (delivery, rest) => {
      handedOver.add(delivery);
      ledger.slow(delivery.subscription.id);
      ledger.put(inFlight(delivery, deps.now()));
      const until = deps.now() + IN_FLIGHT_MS;
      deps.later(leaveLaneAtOnce(delivery, until, deps));
      deps.later(
        rest.then(() => settleLate(delivery, outcomes.get(delivery), written, until, deps)),
      );
    },
  });
}

/** Order and a rate limit need one attempt at a time, whoever makes it: that is the slow lane's turn. */
function isInSlowLane({ subscription }: Delivery): boolean {
  const { slowSince, isUnreadable, ordering, rateLimit } = subscription;
  return slowSince !== null || isUnreadable || ordering !== 'none' || rateLimit !== null;
}

/** Other invocations read the mark before this one's batch is written. */
async function leaveLaneAtOnce(
  { subscription }: Delivery,
  until: number,
  deps: DeliveryDeps,
): Promise<void> {
  try {
    await deps.stack.db.run(markSlow([subscription.id], deps.now(), until));
  } catch (error) {
    logError('mark_slow_failed', error, {
      stack: deps.stack.config.name,
      webhook: subscription.id,
    });
  }
}

function enter(ledger: Ledger, delivery: Delivery, result: TryResult, deps: DeliveryDeps): void {
  if (result.verdict === 'nothing') return;
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

/** Due at once, for whoever has the webhook's turn. Nobody is rung for it while that is taken. */
function leaveToSlowLane(delivery: Delivery, ledger: Ledger, now: number): void {
  const { probeAt, breakerOpenedAt } = delivery.subscription;
  const turnAt = probeAt ?? now;
  const lookAt = breakerOpenedAt === null ? Math.min(turnAt, now + LOOK_AGAIN_MS) : turnAt;
  ledger.put(firstRow(delivery, 0, now), Math.max(lookAt, now));
}

/** Due again only when the attempt that is under way must be over: if we die meanwhile, it is tried anew. */
function inFlight(delivery: Delivery, now: number): DueRow {
  return firstRow(delivery, 1, now + IN_FLIGHT_MS);
}

function firstRow(delivery: Delivery, attempts: number, next_at: number): DueRow {
  return { ...keyOf(delivery), ...NO_ATTEMPT, state: 'due', attempts, next_at, last_error: null };
}
