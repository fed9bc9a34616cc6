import { describe, expect, it } from 'vitest';
import { isStorageAway } from './is-storage-away.ts';

describe('whether storage is only away', () => {
  it.each([
    'D1_ERROR: Network connection lost.',
    'D1_ERROR: D1 DB is overloaded. Requests queued for too long.',
    'D1_ERROR: D1 DB reset because its code was updated.',
    'D1_ERROR: Internal error in D1 DB storage caused object to be reset.',
    'D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.',
    'D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.',
  ])('is said where D1 says %s', (words) => {
    expect(isStorageAway(new Error(words))).toBe(true);
  });

  it.each([
    'D1_ERROR: malformed JSON: SQLITE_ERROR',
    'D1_ERROR: UNIQUE constraint failed: messages.id: SQLITE_CONSTRAINT',
    "D1_ERROR: D1 DB's isolate exceeded its memory limit and was reset.",
    'Unexpected token in JSON',
  ])('is not said where the fault is in what was asked: %s', (words) => {
    expect(isStorageAway(new Error(words))).toBe(false);
  });

  it('is not said of what is no error', () => {
    expect(isStorageAway('Network connection lost.')).toBe(false);
  });
});
