import { describe, expect, it } from 'vitest';
import { isSignedPath } from '../../auth/signed-url.ts';
import { testConfig } from '../../auth/config.test-support.ts';
import { linksAt } from './links.ts';

const ID = '8b176ba5-fa8e-458e-94ad-85d1ae8f3be0';
const BASE = 'https://inbox.example';
const NOON = Date.UTC(2026, 10, 1, 12);
const DAY_MS = 24 * 60 * 60 * 1_000;
const config = testConfig();

function opens(link: string, at: number, settings = config): boolean {
  const { pathname, searchParams } = new URL(link);
  return isSignedPath(settings, pathname, searchParams, at / 1_000);
}

describe('a link to a file', () => {
  const link = linksAt(config, BASE, NOON).mediaLink(ID);

  it('opens for as long as events are kept, and less than a day longer', () => {
    const { eventsDays } = config.retention;
    expect(link).toMatch(`${BASE}/api/v1/media/${ID}/?expires=`);
    expect(opens(link, NOON)).toBe(true);
    expect(opens(link, NOON + eventsDays * DAY_MS)).toBe(true);
    expect(opens(link, NOON + (eventsDays + 1) * DAY_MS)).toBe(false);
  });

  it('opens with another retention for as long as that is', () => {
    const short = testConfig({ retention: { ...config.retention, eventsDays: 0.5, logDays: 0.5 } });
    const brief = linksAt(short, BASE, NOON).mediaLink(ID);
    expect(opens(brief, NOON + DAY_MS / 2 - 1_000, short)).toBe(true);
    expect(opens(brief, NOON + 2 * DAY_MS, short)).toBe(false);
  });

  it('is the same for all that is shown on one day, so that browsers know the file', () => {
    expect(linksAt(testConfig(), BASE, NOON + 3_600_000).mediaLink(ID)).toBe(link);
    expect(linksAt(config, BASE, NOON + DAY_MS).mediaLink(ID)).not.toBe(link);
  });

  it('opens no other file', () => {
    const other = link.replace(ID, ID.replace('8b', '8c'));
    expect(opens(other, NOON)).toBe(false);
  });

  it('opens nothing once SECRET_KEY was rotated, nor at another stack', () => {
    const rotated = testConfig({ secretKey: 'another key of at least thirty-two characters' });
    expect(opens(link, NOON, rotated)).toBe(false);
    expect(opens(link, NOON, testConfig({ name: 'acme' }))).toBe(false);
  });

  it('says only where the file is with MEDIA_LINKS=token', () => {
    const { mediaLink } = linksAt(testConfig({ mediaLinks: 'token' }), BASE, NOON);
    expect(mediaLink(ID)).toBe(`${BASE}/api/v1/media/${ID}/`);
  });
});
