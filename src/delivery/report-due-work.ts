import { logError } from '../log.ts';

/** What is left for the slow lane. */
export interface DueWork {
  webhooks: number[];
  /** Milliseconds; when the earliest of it is due. */
  nextAt: number | undefined;
}

/** How delivery wakes what is above it, of any stack. */
export interface DeliveryBells {
  /** Rings the slow lane for webhooks that have rows due now. */
  ringWebhooks(stack: string, webhooks: readonly number[]): Promise<void>;
  /** Tells webhooks and websockets of events that delivery itself has written. */
  announce(stack: string): Promise<void>;
  /** Tells the Stack object when something is due next (milliseconds). */
  reportDue(stack: string, nextAt: number): Promise<void>;
}

/**
 * Tells of what is left. Where the queue is away the Stack object is told instead: the work is done, and
 * is not to be done again for a bell that was not heard. Throws where that is away, too.
 */
export async function reportDueWork(
  stack: string,
  { webhooks, nextAt }: DueWork,
  bells: DeliveryBells,
): Promise<void> {
  let dueAt = nextAt;
  try {
    if (webhooks.length > 0) await bells.ringWebhooks(stack, webhooks);
  } catch (error) {
    logError('webhooks_not_rung', error, { stack });
    dueAt = Date.now();
  }
  if (dueAt !== undefined) await bells.reportDue(stack, dueAt);
}
