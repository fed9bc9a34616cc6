import { describe, expect, it } from 'vitest';
import {
  allowance,
  cautiousRate,
  clearStrikes,
  countLoss,
  MAX_IN_FLIGHT,
  maxInFlight,
  pauseNumber,
  takeSlots,
  type NumberRate,
} from './number-rate.ts';

const START = 1_000_000;

/** Sends as much as is allowed for so long, looking whenever the rate says so; returns the times. */
function sendAll(rate: NumberRate, from: number, forMs: number): number[] {
  const times: number[] = [];
  for (let now = from; now < from + forMs;) {
    const { free, nextAt } = allowance(rate, now);
    takeSlots(rate, free, now);
    for (let n = 0; n < free; n += 1) times.push(now);
    now = Math.max(nextAt, now + 1);
  }
  return times;
}

function mostInAnySecond(times: readonly number[]): number {
  const counts = times.map((end) => times.filter((at) => at > end - 1_000 && at <= end).length);
  return Math.max(...counts);
}

describe('the rate of a number', () => {
  it('keeps close to 80 a second and never goes above it in any second', () => {
    const times = sendAll(cautiousRate(START, 0), START, 20_000);
    expect(mostInAnySecond(times)).toBeLessThanOrEqual(80);
    expect(times.length / 20).toBeGreaterThan(77);
  });

  it('holds where WhatsApp counts, although each message takes up to 20 ms longer than another', () => {
    const times = sendAll(cautiousRate(START, 0), START, 20_000);
    const arrivals = times.map((at, i) => at + ((i * 7_919) % 21));
    expect(mostInAnySecond(arrivals)).toBeLessThanOrEqual(80);
  });

  it('spreads a burst: eight at once, not eighty', () => {
    const rate = cautiousRate(START - 60_000, 0);
    expect(allowance(rate, START).free).toBe(8);
  });

  it('holds across a restart, whatever was sent just before it', () => {
    const before = sendAll(cautiousRate(START - 60_000, 0), START - 2_000, 2_000);
    const after = sendAll(cautiousRate(START, 0), START, 2_000);
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
    expect(allowance(rate, START + 1_000).free).toBe(8);
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
    expect(allowance(rate, START).free).toBe(8);
    countLoss(rate, START);
    expect(allowance(rate, START)).toEqual({ free: 0, nextAt: START + 1_000 });
  });
});
