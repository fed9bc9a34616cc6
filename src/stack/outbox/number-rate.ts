/**
 * How fast the number may send, and when it has to hold still. WhatsApp takes 80 messages a second
 * (Meta's throughput page). A bucket of tokens would let twice as many pass across a boundary, so
 * the times of the latest sends are kept and any sliding window of them is looked at.
 */
export interface NumberRate {
  /** Milliseconds; of the latest sends, oldest first. */
  sentAt: number[];
  /** Milliseconds; nothing is sent before. */
  pausedUntil: number;
  /** How often in a row the number had to pause. */
  strikes: number;
  /** How many answers in a row were lost. */
  losses: number;
}

export const MAX_PER_WINDOW = 80;

/** A second and what a send may be overtaken by on its way: the limit holds where WhatsApp counts. */
export const WINDOW_MS = 1_020;

/**
 * A burst is spread over its second, or a jam on the way would squeeze two of them into one. A little
 * shorter than a tenth, so that late timers do not add up to a lower rate.
 */
export const MAX_PER_SLICE = 8;
export const SLICE_MS = 96;

const MAX_PAUSE_MS = 10 * 60 * 1000;

/** So many lost answers in a row are not the messages' fault. */
const LOSSES_OF_AN_OUTAGE = 5;

const OUTAGE_WAIT_MS = 1_000;

/** Holds 80 a second while WABA takes up to a second to answer. */
export const MAX_IN_FLIGHT = 96;

/**
 * The rate right after a start. What was sent just before it is not known, so it counts as the most
 * and the latest that could have been.
 */
export function cautiousRate(startedAt: number, pausedUntil: number): NumberRate {
  const sentAt: number[] = [];
  for (let slice = MAX_PER_WINDOW / MAX_PER_SLICE - 1; slice >= 0; slice -= 1) {
    for (let n = 0; n < MAX_PER_SLICE; n += 1) sentAt.push(startedAt - slice * SLICE_MS);
  }
  return { sentAt, pausedUntil, strikes: pausedUntil > startedAt ? 1 : 0, losses: 0 };
}

/** How many messages may leave now, and, where none may, when the next one may. */
export function allowance(rate: NumberRate, now: number): { free: number; nextAt: number } {
  if (rate.pausedUntil > now) return { free: 0, nextAt: rate.pausedUntil };
  const ofWindow = freeIn(rate, now, MAX_PER_WINDOW, WINDOW_MS);
  const ofSlice = freeIn(rate, now, MAX_PER_SLICE, SLICE_MS);
  const nextAt = Math.max(ofWindow.nextAt, ofSlice.nextAt);
  return { free: Math.min(ofWindow.free, ofSlice.free), nextAt };
}

function freeIn(
  { sentAt }: NumberRate,
  now: number,
  max: number,
  lengthMs: number,
): { free: number; nextAt: number } {
  const latest = sentAt.slice(-max);
  const within = latest.filter((at) => at > now - lengthMs).length;
  const oldest = latest[latest.length - within] ?? now;
  return { free: max - within, nextAt: within < max ? now : Math.ceil(oldest + lengthMs) };
}

/** How many sends may be under way at once: after a pause a single one finds out how things are. */
export function maxInFlight(rate: NumberRate): number {
  return rate.strikes > 0 ? 1 : MAX_IN_FLIGHT;
}

/** Takes note of messages that leave now. */
export function takeSlots(rate: NumberRate, count: number, now: number): void {
  for (let n = 0; n < count; n += 1) rate.sentAt.push(now);
  if (rate.sentAt.length > MAX_PER_WINDOW)
    rate.sentAt.splice(0, rate.sentAt.length - MAX_PER_WINDOW);
}

/**
 * Stops the number for `afterMs`, twice as long each time in a row up to ten minutes. Answers to what
 * was under way when the pause began belong to it and do not lengthen it by a step.
 */
export function pauseNumber(rate: NumberRate, afterMs: number, now: number): void {
  if (now >= rate.pausedUntil) rate.strikes += 1;
  const doubled = afterMs * 2 ** Math.max(rate.strikes - 1, 0);
  const waitMs = Math.max(afterMs, Math.min(doubled, MAX_PAUSE_MS));
  rate.pausedUntil = Math.max(rate.pausedUntil, now + waitMs);
}

/** Takes note of a lost answer; many in a row are an outage, which pauses the number. */
export function countLoss(rate: NumberRate, now: number): void {
  rate.losses += 1;
  if (rate.losses >= LOSSES_OF_AN_OUTAGE || rate.strikes > 0)
    pauseNumber(rate, OUTAGE_WAIT_MS, now);
}

/** WABA has answered about a message itself: the number is well. */
export function clearStrikes(rate: NumberRate): void {
  rate.strikes = 0;
  rate.losses = 0;
}
