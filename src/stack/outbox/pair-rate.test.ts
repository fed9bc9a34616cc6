import { expect, it } from 'vitest';
import {
  PAIR_MEMORY_MS,
  PAIR_REFILL_MS,
  pairReadyAt,
  recallBucket,
  RECALLED_SENDS,
  takeToken,
  tokensOf,
  type PairBucket,
} from './pair-rate.ts';

const NOW = 1_000_000_000;

function take(count: number, at: number, bucket?: PairBucket): PairBucket | undefined {
  let left = bucket;
  for (let n = 0; n < count; n += 1) left = takeToken(left, at);
  return left;
}

it('lets 45 messages go to a recipient at once', () => {
  expect(pairReadyAt(take(44, NOW), NOW)).toBe(NOW);
  expect(pairReadyAt(take(45, NOW), NOW)).toBe(NOW + PAIR_REFILL_MS);
});

it('then lets one go in six seconds', () => {
  let bucket = take(45, NOW);
  let now = NOW;
  for (let n = 1; n <= 10; n += 1) {
    now = pairReadyAt(bucket, now);
    bucket = takeToken(bucket, now);
  }
  expect(now - NOW).toBeGreaterThanOrEqual(60_000);
  expect(now - NOW).toBeLessThan(61_000);
});

it('is full again after four and a half minutes, and never more than full', () => {
  expect(tokensOf(take(45, NOW), NOW + PAIR_MEMORY_MS)).toBe(45);
  expect(tokensOf(take(1, NOW), NOW + 10 * PAIR_MEMORY_MS)).toBe(45);
});

it('is the same when it is recalled from the messages that were sent', () => {
  const times = Array.from({ length: 40 }, (_, i) => NOW + i * 100);
  let bucket: PairBucket | undefined;
  for (const at of times) bucket = takeToken(bucket, at);
  expect(recallBucket(times)).toEqual(bucket);
  expect(recallBucket([])).toBeUndefined();
});

it('is not recalled as fuller than it is where only the latest messages are looked at', () => {
  const times = Array.from({ length: 45 }, () => NOW);
  let bucket = take(45, NOW);
  while (times.length < 200) {
    const at = pairReadyAt(bucket, times.at(-1) ?? NOW);
    bucket = takeToken(bucket, at);
    times.push(at);
  }
  const recalled = recallBucket(times.slice(-RECALLED_SENDS));
  expect(tokensOf(recalled, times.at(-1) ?? NOW)).toBeLessThan(1);
});

it('is recalled as full where the latest messages were far apart', () => {
  const times = Array.from({ length: RECALLED_SENDS }, (_, i) => NOW + i * 30_000);
  expect(tokensOf(recallBucket(times), times.at(-1) ?? NOW)).toBe(44);
});
