import type { RateLimit } from '../webhooks/webhook.ts';

/**
 * What a webhook has used of its rate limit. An attempt is counted when it has ended, and since a
 * webhook with a limit has one attempt at a time, each was counted before the next begins: between two
 * receipts there is at least as much time as between the end of the one and the start of the other. So
 * the limit holds as the receiver sees it, however long requests travel.
 */
export interface RateSlot {
  /** Milliseconds; the end of the slot in which the attempts ended. */
  endsAt: number;
  used: number;
}

/** A limit's time is cut into so many slots, whose ends are what is remembered; costs a 20th of the rate. */
const SLOTS = 20;

/** Reads the `rate_window` column. */
export function readRateWindow(column: string | null): RateSlot[] {
  if (column === null) return [];
  const slots: [number, number][] = JSON.parse(column);
  return slots.map(([endsAt, used]) => ({ endsAt, used }));
}

/** Writes the `rate_window` column. */
export function writeRateWindow(window: readonly RateSlot[]): string {
  return JSON.stringify(window.map(({ endsAt, used }) => [endsAt, used]));
}

/** Says when the next attempt may begin (milliseconds): `now`, or when enough of the window has passed. */
export function freeAt(window: readonly RateSlot[], limit: RateLimit, now: number): number {
  const held = window.filter(({ endsAt }) => endsAt + limit.perMs > now);
  let used = held.reduce((sum, slot) => sum + slot.used, 0);
  let at = now;
  for (const slot of held) {
    if (used < limit.count) break;
    used -= slot.used;
    at = slot.endsAt + limit.perMs;
  }
  return at;
}

/** Counts an attempt that ended at `now` (milliseconds); forgets what has passed. Oldest first. */
export function countAttempt(
  window: readonly RateSlot[],
  limit: RateLimit,
  now: number,
): RateSlot[] {
  const slotMs = limit.perMs / SLOTS;
  const endsAt = (Math.floor(now / slotMs) + 1) * slotMs;
  const held = window.filter((slot) => slot.endsAt + limit.perMs > now);
  const last = held.at(-1);
  return last?.endsAt === endsAt
    ? [...held.slice(0, -1), { endsAt, used: last.used + 1 }]
    : [...held, { endsAt, used: 1 }];
}
