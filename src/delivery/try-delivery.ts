import { WaypostError } from '../error.ts';
import { logError } from '../log.ts';
import { recordOf, type AttemptRecord } from './attempt-record.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { requestOf, type Delivery } from './event-item.ts';
import { judge, type Outcome } from '../outbound/outcome.ts';

/** What came of trying a delivery: of its attempt, or of making that ready. */
export type TryResult =
  /** An attempt was made; `record` is what the log keeps of it. */
  | (Outcome & { record: AttemptRecord })
  /** Nothing of the event is for the webhook's user to see. */
  | { verdict: 'nothing' }
  /** What the event says could not be read now: a failure of ours, which uses up no attempt. */
  | { verdict: 'unreadable' }
  /** What the event says is there no more. */
  | { verdict: 'lost'; reason: string };

/** Tries a delivery once. Never throws. */
export async function tryDelivery(delivery: Delivery, deps: DeliveryDeps): Promise<TryResult> {
  let request;
  try {
    request = await requestOf(delivery, deps.stack);
  } catch (error) {
    if (error instanceof WaypostError) return { verdict: 'lost', reason: error.message };
    logError('event_unreadable', error, { stack: deps.stack.config.name, seq: delivery.event.seq });
    return { verdict: 'unreadable' };
  }
  if (request === null) return { verdict: 'nothing' };
  const attempt = await deps.attempt(request);
  const { secrets, appSecret, headers: ownHeaders } = delivery.subscription;
  const hidden = appSecret === null ? secrets : [...secrets, appSecret];
  return { ...judge(attempt.response), record: recordOf(attempt, { secrets: hidden, ownHeaders }) };
}
