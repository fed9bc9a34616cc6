import { parkEvent } from '../webhooks/dead-letters/park-doorbell.ts';
import { openSubscriptions } from '../webhooks/subscriptions.ts';
import { log } from '../log.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { deliveriesOf, readEvents, type ReadEvents } from './event-item.ts';
import { runFast } from './fast-run.ts';
import { LaneWriter } from './lane-writer.ts';
import { Ledger } from './ledger.ts';
import type { DueWork } from './report-due-work.ts';
import { takeEvents } from './take-events.ts';

/** What is left of some events. */
export interface DeliveredEvents extends DueWork {
  /** Events that somebody else is just delivering: should that one die, they are still open. */
  elsewhere: ReadonlySet<number>;
}

/**
 * Delivers open events to all webhooks that answer at once, and leaves the others to the slow lane as
 * due rows. Each event is closed soon after all its deliveries have an outcome or a row. When it returns
 * all of them are; when it throws some may still be open. One whose row cannot be read is parked.
 */
export async function deliverEvents(
  seqs: readonly number[],
  deps: DeliveryDeps,
): Promise<DeliveredEvents> {
  const { db } = deps.stack;
  const { rows, elsewhere, webhooks } = await takeEvents(db, seqs, deps.now());
  if (rows.length === 0) return { webhooks: [], nextAt: undefined, elsewhere };
  const subscriptions = await openSubscriptions(deps.stack, webhooks, deps.now());
  const { events, poison } = readEvents(rows);
  const deliveries = events.flatMap((event) => deliveriesOf(event, subscriptions));
  const delivered = deliveries.map(({ event }) => event.seq);
  const idle = events.map(({ seq }) => seq).filter((seq) => !delivered.includes(seq));
  const ledger = new Ledger();
  const writer = new LaneWriter(delivered, idle, { ...deps, db, ledger });
  park(poison, writer, deps);
  const written = Promise.withResolvers<void>();
  try {
    await runFast(deliveries, { ledger, writer, written: written.promise }, deps);
    await writer.finish();
  } catch (error) {
    // What is open will be rung for again: what is closed by then is not delivered anew.
    await writer.finish().catch(() => undefined);
    throw error;
  } finally {
    written.resolve();
  }
  if (ledger.hasGone) await deps.announce();
  return { ...ledger.dueWork(deps.now()), elsewhere };
}

function park(poison: ReadEvents['poison'], writer: LaneWriter, deps: DeliveryDeps): void {
  for (const { seq, error } of poison) {
    log('dead_letter', { stack: deps.stack.config.name, kind: 'event', reference: seq });
    for (const statement of parkEvent(seq, error, deps.now())) writer.writeAtOnce(statement);
  }
}
