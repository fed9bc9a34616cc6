import { describe, expect, it } from 'vitest';
import { MAX_RETRY_AFTER_MS, parseRetryAfter } from './retry-after.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 0);

describe('parseRetryAfter', () => {
  it.each([
    ['seconds', '120', 120_000],
    ['no wait at all', '0', 0],
    ['a fraction of a second, rounded up', '120.1', 121_000],
    ['seconds with white space around them', ' 7\t', 7_000],
    ['an HTTP date', 'Fri, 20 Nov 2026 12:01:30 GMT', 90_000],
    ['an RFC 850 date', 'Friday, 20-Nov-26 12:01:30 GMT', 90_000],
    ['an asctime date, which means GMT', 'Fri Nov 20 12:01:30 2026', 90_000],
  ])('reads %s', (_, header, waitMs) => {
    expect(parseRetryAfter(header, 429, NOW_MS)).toBe(waitMs);
    expect(parseRetryAfter(header, 503, NOW_MS)).toBe(waitMs);
  });

  it.each(['86401', '99999999999999999999999999', 'Mon, 20 Nov 2028 12:00:00 GMT'])(
    'cuts %s to 24 hours',
    (header) => {
      expect(parseRetryAfter(header, 503, NOW_MS)).toBe(MAX_RETRY_AFTER_MS);
    },
  );

  it.each([
    null,
    '',
    '-5',
    '.5',
    '1.',
    '1,5',
    '1e3',
    '0x10',
    'soon',
    '5 seconds',
    'Infinity',
    '2026-11-20T12:01:30Z',
    'Fri, 99 Nov 2026 12:01:30 GMT',
    'Fri, 20 Nov 2026 11:59:59 GMT',
  ])('ignores %j', (header) => {
    expect(parseRetryAfter(header, 429, NOW_MS)).toBeUndefined();
  });

  it.each([200, 301, 400, 404, 408, 425, 500, 502, 504])('ignores it on status %i', (status) => {
    expect(parseRetryAfter('120', status, NOW_MS)).toBeUndefined();
  });
});
