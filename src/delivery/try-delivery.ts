import { WaypostError } from '../error.ts';
import { logError } from '../log.ts';
import { recordOf, type AttemptRecord } from './attempt-record.ts';
import type { DeliveryDeps } from './delivery-deps.ts';
import { type Delivery, nextPart } from './event-item.ts';
import { judge, type Outcome } from '../outbound/outcome.ts';

/** What came of trying a delivery: of its attempt, or of making that ready. */
export type TryResult =
  /** An attempt was made; `record` is what the log keeps of it. */
  | (Outcome & {
      record: AttemptRecord;
      /** Whether parts come after the one that was sent. */
      hasMore: boolean;
    })
  /** Nothing of the event is for the webhook's user to see. */
  | { verdict: 'nothing' }
  /** It has several parts, each of which is to be written down before the next: not for the fast lane. */
  | { verdict: 'several' }
  /** What the event says could not be read now: a failure of ours, which uses up no attempt. */
  | { verdict: 'unreadable' }
  /** What the event says is there no more. */
  | { verdict: 'lost'; reason: string };

/** Tries a delivery, or its next part, once. Never throws. */
export async function tryDelivery(delivery: Delivery, deps: DeliveryDeps): Promise<TryResult> {
  let next;
  try {
    next = await nextPart(delivery, deps);
  } catch (error) {
    if (error instanceof WaypostError) return { verdict: 'lost', reason: error.message };
    logError('event_unreadable', error, { stack: deps.stack.config.name, seq: delivery.event.seq });
    return { verdict: 'unreadable' };
  }
  if (next === null) return { verdict: 'nothing' };
  if (next === 'several') return { verdict: 'several' };
  const attempt = await deps.attempt(next.request);
  const record = { ...recordOf(attempt, hiddenOf(delivery, deps)), part: next.part };
  return { ...judge(attempt.response), record, hasMore: !next.isLast };
}

/** What the log must not show: the secrets that sign, and the values of the webhook's own headers. */
function hiddenOf(
  { subscription }: Delivery,
  { dialects }: Pick<DeliveryDeps, 'dialects'>,
): Parameters<typeof recordOf>[1] {
  const { secrets, appSecret, dialect, dialectKey, headers } = subscription;
  const ofDialect = dialect === null ? {} : dialects[dialect.name]?.headers(dialectKey);
  return {
    secrets: [...secrets, ...[appSecret, dialectKey].filter((secret) => secret !== null)],
    ownHeaders: { ...headers, ...ofDialect },
  };
}
