import { expect, it } from 'vitest';
import { FailedLookups } from './failed-lookups.ts';

const MINUTE_MS = 60_000;

it('blocks for an hour from the failure that was one too many', () => {
  const lookups = new FailedLookups(2);
  expect([lookups.add(0), lookups.add(1), lookups.add(2)]).toEqual([false, false, true]);
  expect(lookups.blocked(2 + 60 * MINUTE_MS - 1)).toBe(true);
  expect(lookups.blocked(2 + 60 * MINUTE_MS)).toBe(false);
});

it('forgets failures older than an hour', () => {
  const lookups = new FailedLookups(2);
  lookups.add(0);
  lookups.add(30 * MINUTE_MS);
  expect(lookups.add(60 * MINUTE_MS)).toBe(false);
  expect(lookups.add(61 * MINUTE_MS)).toBe(true);
});
