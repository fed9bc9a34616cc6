import { expect, it } from 'vitest';
import { judgeUse } from './storage-use.ts';

it('a database is nearly full from four fifths of its limit on', () => {
  expect([799, 800, 1_200].map((bytes) => judgeUse(bytes, 1_000))).toEqual([
    { bytes: 799, limitBytes: 1_000, isNear: false },
    { bytes: 800, limitBytes: 1_000, isNear: true },
    { bytes: 1_200, limitBytes: 1_000, isNear: true },
  ]);
});
