/**
 * How fast the number may send, and when it has to hold still. WhatsApp takes 80 messages a second
 * (Meta's throughput page). A bucket of tokens would let twice as many pass across a boundary, so
 * the times of the latest sends are kept and any sliding window of them is looked at.
 */
export interface NumberRate {
  /** The latest sends, oldest first. */
  departures: Departure[];
  /** How long the latest answers took, in milliseconds. */
  latencies: number[];
  /** Milliseconds; nothing is sent before. */
  pausedUntil: number;
  /** How often in a row the number had to pause. */
  strikes: number;
  /** How many answers in a row were lost. */
  losses: number;
}

/** A message that left. Times are in milliseconds. */
export interface Departure {
  at: number;
  answeredAt: number | undefined;
}

const MAX_PER_WINDOW = 80;

/** A second, and a little for clocks that are read in whole milliseconds. */
const WINDOW_MS = 1_005;

/** A burst is spread over its second, or a jam on the way would squeeze two of them into one. */
const MAX_PER_SLICE = 4;

/** A little shorter than a twentieth of the window, so that late timers do not add up to a lower rate. */
const SLICE_MS = 48;

/** Messages that left before the last 160 have arrived more than a second ago. */
const MAX_DEPARTURES = 2 * MAX_PER_WINDOW;

/** Three seconds' answers: enough to hold some that nothing got in the way of. */
const MAX_LATENCIES = 256;

/** What is later than this was slow at WhatsApp, not on its way there. */
const MAX_DELAY_MS = 200;

const LONGEST_PAUSE_MS = 10 * 60 * 1000;

/** So many lost answers in a row are not the messages' fault. */
const LOSSES_OF_AN_OUTAGE = 5;

const OUTAGE_WAIT_MS = 1_000;

/** By then the lost messages themselves come round again. */
const LONGEST_OUTAGE_WAIT_MS = 60_000;

/** Holds 80 a second while WABA takes up to a second to answer. */
export const MAX_IN_FLIGHT = 96;

/**
 * The rate right after a start. What was sent just before it is not known, so it counts as the most
 * and the latest that could have been.
 */
export function cautiousRate(startedAt: number, pausedUntil: number): NumberRate {
  const departures: Departure[] = [];
  for (let slice = MAX_PER_WINDOW / MAX_PER_SLICE - 1; slice >= 0; slice -= 1) {
    const at = startedAt - slice * SLICE_MS;
    for (let n = 0; n < MAX_PER_SLICE; n += 1) departures.push({ at, answeredAt: at });
  }
  const strikes = pausedUntil > startedAt ? 1 : 0;
  return { departures, latencies: [], pausedUntil, strikes, losses: 0 };
}

/** How many messages may leave now, and, where none may, when to look again. */
export function allowance(rate: NumberRate, now: number): { free: number; nextAt: number } {
  if (rate.pausedUntil > now) return { free: 0, nextAt: rate.pausedUntil };
  const quickest = quickestTenth(rate.latencies);
  const arrivals = rate.departures.map((departure) => arrivalOf(departure, quickest, now));
  const departures = rate.departures.map(({ at }) => at);
  const ofWindow = freeIn(arrivals, now, MAX_PER_WINDOW, WINDOW_MS);
  const ofSlice = freeIn(departures, now, MAX_PER_SLICE, SLICE_MS);
  const nextAt = Math.max(ofWindow.nextAt, ofSlice.nextAt);
  return { free: Math.min(ofWindow.free, ofSlice.free), nextAt };
}

/**
 * When a message has reached WhatsApp, as far as we can tell. An answer that takes longer than the
 * quick ones do may mean that the message was held up on its way, by a busy machine or the network; then
 * WhatsApp counts it that much later. This costs some rate where WhatsApp itself is now quick, now slow.
 */
function arrivalOf({ at, answeredAt }: Departure, quickest: number, now: number): number {
  const late = (answeredAt ?? now) - at - quickest;
  return at + Math.min(Math.max(late, 0), MAX_DELAY_MS);
}

function freeIn(
  times: readonly number[],
  now: number,
  max: number,
  lengthMs: number,
): { free: number; nextAt: number } {
  const within = times.filter((at) => at > now - lengthMs).sort((a, b) => a - b);
  const free = Math.max(max - within.length, 0);
  const first = within[within.length - max] ?? now;
  return { free, nextAt: free > 0 ? now : Math.max(Math.ceil(first + lengthMs), now + 1) };
}

/** What the quickest tenth of the answers take at most; infinite before the first, so that none is late. */
function quickestTenth(latencies: readonly number[]): number {
  return latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length / 10)] ?? Infinity;
}

/** How many sends may be under way at once: after a pause a single one finds out how things are. */
export function maxInFlight(rate: NumberRate): number {
  return rate.strikes > 0 ? 1 : MAX_IN_FLIGHT;
}

/** Takes note of a message that leaves now. */
export function takeSlot(rate: NumberRate, now: number): Departure {
  const departure = { at: now, answeredAt: undefined };
  rate.departures.push(departure);
  if (rate.departures.length > MAX_DEPARTURES) rate.departures.shift();
  return departure;
}

/** Takes note of WABA's answer. */
export function noteAnswer(rate: NumberRate, departure: Departure, now: number): void {
  departure.answeredAt = now;
  rate.latencies.push(now - departure.at);
  if (rate.latencies.length > MAX_LATENCIES) rate.latencies.shift();
}

/**
 * Stops the number for `afterMs`, twice as long each time in a row, up to `atMostMs`. Answers to what
 * was under way when the pause began belong to it and do not lengthen it by a step.
 */
export function pauseNumber(
  rate: NumberRate,
  afterMs: number,
  now: number,
  atMostMs: number = LONGEST_PAUSE_MS,
): void {
  if (now >= rate.pausedUntil) rate.strikes += 1;
  const doubled = afterMs * 2 ** Math.max(rate.strikes - 1, 0);
  const waitMs = Math.max(afterMs, Math.min(doubled, atMostMs));
  rate.pausedUntil = Math.max(rate.pausedUntil, now + waitMs);
}

/** Takes note of a lost answer; many in a row are an outage, which pauses the number. */
export function countLoss(rate: NumberRate, now: number): void {
  rate.losses += 1;
  if (rate.losses < LOSSES_OF_AN_OUTAGE && rate.strikes === 0) return;
  pauseNumber(rate, OUTAGE_WAIT_MS, now, LONGEST_OUTAGE_WAIT_MS);
}

/** WABA has answered about a message itself: the number is well. */
export function clearStrikes(rate: NumberRate): void {
  rate.strikes = 0;
  rate.losses = 0;
}
