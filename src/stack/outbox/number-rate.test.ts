import { describe, expect, it } from 'vitest';
import {
  allowance,
  cautiousRate,
  clearStrikes,
  countLoss,
  MAX_IN_FLIGHT,
  maxInFlight,
  pauseNumber,
  noteAnswer,
  takeSlot,
  type Departure,
  type NumberRate,
} from './number-rate.ts';

const START = 1_000_000;

/** How long WhatsApp takes to answer. */
const ANSWER_MS = 300;

/**
 * Sends as much as is allowed for so long; returns when the messages reach WhatsApp. `wayMs` is how
 * long the way of the next message takes, there and never back.
 */
function arrivalsOf(
  rate: NumberRate,
  from: number,
  forMs: number,
  wayMs: (now: number, count: number) => number = () => 0,
): number[] {
  const arrivals: number[] = [];
  const underWay: { answeredAt: number; departure: Departure }[] = [];
  for (let now = from; now < from + forMs; now += 1) {
    for (const { answeredAt, departure } of underWay.splice(0)) {
      if (answeredAt > now) underWay.push({ answeredAt, departure });
      else noteAnswer(rate, departure, now);
    }
    for (let left = allowance(rate, now).free; left > 0; left -= 1) {
      const arrival = now + wayMs(now, arrivals.length);
      underWay.push({ answeredAt: arrival + ANSWER_MS, departure: takeSlot(rate, now) });
      arrivals.push(arrival);
    }
  }
  return arrivals;
}

function mostInAnySecond(times: readonly number[]): number {
  const counts = times.map((end) => times.filter((at) => at > end - 1_000 && at <= end).length);
  return Math.max(...counts);
}

describe('the rate of a number', () => {
  it('keeps close to 80 a second and never goes above it in any second', () => {
    const times = arrivalsOf(cautiousRate(START, 0), START, 20_000);
    expect(mostInAnySecond(times)).toBeLessThanOrEqual(80);
    expect(times.length / 20).toBeGreaterThan(78);
  });

  it.each<[string, (now: number, count: number) => number]>([
    ['each message takes up to 20 ms more or less', (_now, count) => (count * 7_919) % 21],
    ['the way takes 150 ms longer for a while', (now) => (now % 3_000 < 600 ? 150 : 0)],
    ['the machine is busy for a tenth of a second', (now) => 100 - Math.min(now % 1_300, 100)],
  ])('holds where WhatsApp counts, although %s', (_what, wayMs) => {
    const times = arrivalsOf(cautiousRate(START, 0), START, 20_000, wayMs);
    expect(mostInAnySecond(times)).toBeLessThanOrEqual(80);
    expect(times.length / 20).toBeGreaterThan(70);
  });

  it('spreads a burst: four at once, not eighty', () => {
    const rate = cautiousRate(START - 60_000, 0);
    expect(allowance(rate, START).free).toBe(4);
  });

  it('holds across a restart, whatever was sent just before it', () => {
    const before = arrivalsOf(cautiousRate(START - 60_000, 0), START - 2_000, 2_000);
    const after = arrivalsOf(cautiousRate(START, 0), START, 2_000);
    expect(mostInAnySecond([...before, ...after])).toBeLessThanOrEqual(80);
  });

  it('lets the first message after a restart leave within 200 ms', () => {
    expect(allowance(cautiousRate(START, 0), START).nextAt).toBeLessThanOrEqual(START + 200);
  });
});

describe('a pause of a number', () => {
  it('lets nothing leave before it is over', () => {
    const rate = cautiousRate(START - 60_000, 0);
    pauseNumber(rate, 1_000, START);
    expect(allowance(rate, START + 999)).toEqual({ free: 0, nextAt: START + 1_000 });
    expect(allowance(rate, START + 1_000).free).toBe(4);
  });

  it('is known after a restart', () => {
    const rate = cautiousRate(START, START + 900_000);
    expect(allowance(rate, START + 899_999).free).toBe(0);
    expect(maxInFlight(rate)).toBe(1);
  });

  it('doubles each time in a row, up to ten minutes', () => {
    const rate = cautiousRate(START - 60_000, 0);
    const waits = Array.from({ length: 12 }, () => {
      const now = Math.max(rate.pausedUntil, START);
      pauseNumber(rate, 1_000, now);
      return (rate.pausedUntil - now) / 1_000;
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
  });

  it('grows no further than is sensible where nobody is there', () => {
    const rate = cautiousRate(START - 60_000, 0);
    for (let n = 0; n < 20; n += 1)
      pauseNumber(rate, 250, Math.max(rate.pausedUntil, START), 10_000);
    const now = rate.pausedUntil;
    pauseNumber(rate, 250, now, 10_000);
    expect(rate.pausedUntil - now).toBe(10_000);
  });

  it('is as long as asked for, even above ten minutes', () => {
    const rate = cautiousRate(START - 60_000, 0);
    pauseNumber(rate, 900_000, START);
    expect(rate.pausedUntil).toBe(START + 900_000);
  });

  it('is one pause for all that was under way when it began', () => {
    const rate = cautiousRate(START - 60_000, 0);
    for (let n = 0; n < 50; n += 1) pauseNumber(rate, 1_000, START + n);
    expect(rate.pausedUntil).toBe(START + 1_049);
  });

  it('is followed by a single message, until one is answered', () => {
    const rate = cautiousRate(START - 60_000, 0);
    pauseNumber(rate, 1_000, START);
    expect(maxInFlight(rate)).toBe(1);
    clearStrikes(rate);
    expect(maxInFlight(rate)).toBe(MAX_IN_FLIGHT);
  });

  it('comes of five lost answers in a row, not of four', () => {
    const rate = cautiousRate(START - 60_000, 0);
    for (let n = 0; n < 4; n += 1) countLoss(rate, START);
    expect(allowance(rate, START).free).toBe(4);
    countLoss(rate, START);
    expect(allowance(rate, START)).toEqual({ free: 0, nextAt: START + 1_000 });
  });
});
