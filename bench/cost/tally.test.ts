import { describe, expect, it } from 'vitest';
import { dollarsPerMillion, FLOOR } from './prices.ts';
import { NOTHING, operationsOf, partsOf, perItem, sumOf } from './tally.ts';

const ONE = { ...NOTHING, rowsRead: 40, rowsWritten: 10, objectRequests: 1, workerRequests: 1 };
const OTHER = { ...NOTHING, rowsWritten: 2, queueOperations: 3, alarmsSet: 4 };

describe('a tally', () => {
  it('is added up unit by unit, and divided among things', () => {
    const all = sumOf([ONE, OTHER]);
    expect(all).toMatchObject({ rowsRead: 40, rowsWritten: 12, queueOperations: 3, alarmsSet: 4 });
    expect(perItem(all, 4)).toMatchObject({ rowsRead: 10, rowsWritten: 3, queueOperations: 0.75 });
    expect(sumOf([])).toEqual(NOTHING);
  });

  it('counts as operations what is written, queued, asked of objects and set as alarms', () => {
    expect(operationsOf(ONE)).toBe(11);
    expect(operationsOf(OTHER)).toBe(9);
  });

  it('is told to people without what is not in it', () => {
    expect(partsOf(OTHER)).toBe('2 rows written, 3 queue operations, 4 alarms set');
    expect(partsOf(NOTHING)).toBe('nothing');
  });
});

describe('the price of a million', () => {
  it('is the sum of what each unit costs', () => {
    expect(dollarsPerMillion(ONE)).toBeCloseTo(10 + 0.15 + 0.3 + 0.04);
    expect(dollarsPerMillion(OTHER)).toBeCloseTo(2 + 1.2 + 4);
  });

  it('is at least that of a request and a row that comes and goes', () => {
    expect(dollarsPerMillion(FLOOR)).toBeCloseTo(2.3);
  });
});
