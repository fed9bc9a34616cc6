import { describe, expect, it } from 'vitest';
import { warningsOf } from './warnings.ts';

const ROOMY = { bytes: 1, limitBytes: 2, isNear: false };

describe('warnings', () => {
  it('are none where all is well', () => {
    expect(warningsOf(0, ROOMY)).toEqual([]);
  });

  it('say how full a database is that is nearly full', () => {
    expect(
      warningsOf(0, { bytes: 8_512_345_678, limitBytes: 10_000_000_000, isNear: true }),
    ).toEqual(['The database is nearly full: 8.51 of 10 GB.']);
  });

  it('say how many dead letters wait', () => {
    expect(warningsOf(1, ROOMY)).toEqual(['1 dead letter waits for an admin.']);
    expect(warningsOf(12, ROOMY)).toEqual(['12 dead letters wait for an admin.']);
  });

  it('say how much waits behind open breakers, and nothing where nothing does', () => {
    expect(warningsOf(0, ROOMY, { open: 1, waiting: 0 })).toEqual([]);
    expect(warningsOf(0, ROOMY, { open: 1, waiting: 1 })).toEqual([
      '1 delivery waits behind an open breaker: receivers keep failing.',
    ]);
    expect(warningsOf(0, ROOMY, { open: 2, waiting: 150 })).toEqual([
      '150 deliveries wait behind 2 open breakers: receivers keep failing.',
    ]);
  });
});
