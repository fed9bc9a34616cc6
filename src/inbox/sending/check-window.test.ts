import { describe, expect, it } from 'vitest';
import { WaypostError } from '../../error.ts';
import { checkWindow } from './check-window.ts';

const HOUR_S = 60 * 60;
const NOW_S = 1_760_000_000;
const LONG_AGO = 1;

/** Whether a message may be sent to someone who wrote so many hours ago, last from an ad so many. */
function isTaken(
  wrote: number | null,
  fromAd: number | null = null,
  { type = 'text', heardSince = LONG_AGO }: { type?: string; heardSince?: number | null } = {},
): boolean {
  const ago = (hours: number | null): number | null =>
    hours === null ? null : NOW_S - hours * HOUR_S;
  const chat = { last_incoming: ago(wrote), last_referral: ago(fromAd) };
  try {
    checkWindow(type, chat, heardSince, NOW_S * 1000);
    return true;
  } catch (error) {
    if (error instanceof WaypostError && error.code === 'window_closed') return false;
    throw error;
  }
}

describe('a message', () => {
  it.each([
    [0, null, true],
    [23.99, null, true],
    [24, null, false],
    [1_000, null, false],
    // Ahead of our clock.
    [-1, null, true],
    [30, 30, true],
    [30, 71.99, true],
    [30, 72, false],
    [1, 100, true],
  ])(
    'to someone who wrote %d hours ago, from an ad %s hours ago: is taken %s',
    (wrote, fromAd, expected) => {
      expect(isTaken(wrote, fromAd)).toBe(expected);
    },
  );

  it.each(['text', 'image', 'interactive', 'reaction'])(
    'of type %s needs an open window',
    (type) => {
      expect(isTaken(48, null, { type })).toBe(false);
    },
  );

  it('made of a template needs none', () => {
    expect(isTaken(48, null, { type: 'template' })).toBe(true);
    expect(isTaken(null, null, { type: 'template' })).toBe(true);
  });
});

describe('a message to someone who never wrote', () => {
  it('is refused, as WhatsApp does', () => {
    expect(isTaken(null)).toBe(false);
    expect(() => checkWindow('text', undefined, LONG_AGO, NOW_S * 1000)).toThrow(WaypostError);
  });

  it('is left to WhatsApp as long as they may have written before we listened', () => {
    for (const [heardSince, expected] of [
      [null, true],
      [(NOW_S - 71 * HOUR_S) * 1000, true],
      [(NOW_S - 72 * HOUR_S) * 1000, false],
    ] as const) {
      expect(isTaken(null, null, { heardSince })).toBe(expected);
    }
  });
});
