import type { deliveries, webhooks } from '../../store/schema.ts';
import { NEVER_MS } from '../enablement.ts';

/** Why a delivery that is due is not delivered yet. */
export const WAITING_REASONS = [
  'schedule',
  'breaker',
  'rate_limit',
  'order',
  'turn',
  'paused',
  'disabled',
  'replay',
] as const;

export type WaitingReason = (typeof WAITING_REASONS)[number];

/** What a delivery waits for. */
export interface Waiting {
  reason: WaitingReason;
  /** Milliseconds; null where that depends on somebody or something else. */
  until: number | null;
}

type Delivery = Pick<
  typeof deliveries.$inferSelect,
  'state' | 'attempts' | 'next_at' | 'attempted_at' | 'replay_id'
>;

/** What of a webhook holds up its deliveries. */
export type Holdup = Pick<
  typeof webhooks.$inferSelect,
  'is_enabled' | 'disabled_reason' | 'breaker_opened_at' | 'probe_at' | 'turn_until'
>;

/**
 * Says what a delivery waits for at `now` (milliseconds): of several things the one that takes longest.
 * `isBehind` where another delivery, or a replay of what was missed, comes first in its chat. Null for
 * one that has come to its end.
 */
export function waitingFor(
  delivery: Delivery,
  webhook: Holdup,
  isBehind: boolean,
  now: number,
): Waiting | null {
  if (delivery.state !== 'due') return null;
  if (webhook.is_enabled === 0) {
    return { reason: webhook.disabled_reason === null ? 'paused' : 'disabled', until: null };
  }
  if (delivery.next_at === NEVER_MS || isBehind) return { reason: 'order', until: null };
  const { next_at: nextAt } = delivery;
  if (nextAt > now && isTaken(delivery, webhook)) return { reason: 'turn', until: nextAt };
  const isBroken = webhook.breaker_opened_at !== null;
  const holdups: [WaitingReason, number][] = [
    ['schedule', nextAt],
    [isBroken ? 'breaker' : 'rate_limit', webhook.probe_at ?? 0],
    // While the breaker is open, who has the turn makes the probe.
    [isBroken ? 'breaker' : 'turn', webhook.turn_until ?? 0],
  ];
  const [reason, until] = holdups.reduce((longest, one) => (one[1] > longest[1] ? one : longest));
  if (until > now) return { reason, until };
  if (isBroken) return { reason: 'breaker', until: null };
  return { reason: delivery.replay_id === null ? 'turn' : 'replay', until: null };
}

/**
 * Whether somebody has taken it on: for the time of their turn, or in the fast lane, which has its first
 * attempt under way. Should they die it is due again at that time.
 */
function isTaken({ attempts, next_at, attempted_at }: Delivery, { turn_until }: Holdup): boolean {
  return next_at === turn_until || (attempts > 0 && attempted_at === null);
}
