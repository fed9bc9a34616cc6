import { describe, expect, it } from 'vitest';
import { dialogDownloadUrl, metaDownloadUrl } from './download-url.ts';

const WABA = 'https://waba-v2.360dialog.io';
const PATH = '/whatsapp_business/attachments/?mid=1&ext=2&hash=a%2Fb';

/** Links that neither upstream's key may follow. */
const FOREIGN: [string, string][] = [
  ['a longer host', 'https://lookaside.fbsbx.com.evil.com/x'],
  ['a host that ends like it', 'https://evil-lookaside.fbsbx.com/x'],
  ['a host below it', 'https://x.lookaside.fbsbx.com/x'],
  ['a final dot', 'https://lookaside.fbsbx.com./x'],
  ['plain http', 'http://lookaside.fbsbx.com/x'],
  ['another scheme', 'ftp://lookaside.fbsbx.com/x'],
  ['another port', 'https://lookaside.fbsbx.com:8443/x'],
  ['a user name', 'https://user@lookaside.fbsbx.com/x'],
  ['a password', 'https://:secret@lookaside.fbsbx.com/x'],
  ['it as a user name', 'https://lookaside.fbsbx.com@evil.com/x'],
  ['it behind a backslash', 'https://evil.com\\@lookaside.fbsbx.com/x'],
  ['a look-alike letter', 'https://lookaside.fbsbх.com/x'],
  ["WABA's host by http", 'http://waba-v2.360dialog.io/x'],
  ["WABA's host at another port", 'https://waba-v2.360dialog.io:444/x'],
  ["a user name at WABA's host", 'https://user@waba-v2.360dialog.io/x'],
  ['another host', 'https://169.254.169.254/latest/meta-data'],
  ['no host', '/whatsapp_business/attachments/'],
  ['nothing', ''],
  ['data', 'data:text/plain,x'],
];

describe('dialogDownloadUrl', () => {
  it("puts WABA's host in the place of Meta's and keeps path and query", () => {
    expect(dialogDownloadUrl(`https://lookaside.fbsbx.com${PATH}`, WABA)).toBe(WABA + PATH);
  });

  it('asks a local WABA at its own scheme and port, without its path prefix', () => {
    const local = 'http://127.0.0.1:8788/v1';
    expect(dialogDownloadUrl(`https://lookaside.fbsbx.com${PATH}`, local)).toBe(
      `http://127.0.0.1:8788${PATH}`,
    );
  });

  it("takes a link to WABA's own host as it is", () => {
    expect(dialogDownloadUrl(WABA + PATH, WABA)).toBe(WABA + PATH);
  });

  it.each([
    ['https://lookaside.fbsbx.com//evil.example/x', `${WABA}//evil.example/x`],
    ['https://lookaside.fbsbx.com/\\evil.example/x', `${WABA}//evil.example/x`],
    ['https://LOOKASIDE.fbsbx.com/x#y', `${WABA}/x`],
    ['https://lookaside.fbsbx.com:443/x', `${WABA}/x`],
  ])("stays at WABA's host for %s", (link, url) => {
    expect(dialogDownloadUrl(link, WABA)).toBe(url);
  });

  it.each(FOREIGN)('refuses %s', (_, link) => {
    expect(dialogDownloadUrl(link, WABA)).toBeUndefined();
  });
});

describe('metaDownloadUrl', () => {
  const META = 'https://graph.facebook.com/v25.0';

  it("goes where Meta's link leads: to the host of its files, or that of the API", () => {
    const link = `https://lookaside.fbsbx.com${PATH}`;
    expect(metaDownloadUrl(link, META)).toBe(link);
    expect(metaDownloadUrl(`https://graph.facebook.com${PATH}`, META)).toBe(
      `https://graph.facebook.com${PATH}`,
    );
    const local = `http://127.0.0.1:8788${PATH}`;
    expect(metaDownloadUrl(local, 'http://127.0.0.1:8788/v25.0')).toBe(local);
  });

  it.each([...FOREIGN, ["360dialog's host", `${WABA}/x`]])('refuses %s', (_, link) => {
    expect(metaDownloadUrl(link, META)).toBeUndefined();
  });
});
