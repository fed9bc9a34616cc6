import { describe, expect, it } from 'vitest';
import { splitCredentials } from './url-credentials.ts';

describe('the user name and password of a URL', () => {
  it.each([
    ['https://kim:pass@example.com/hook?a=1#b', 'https://example.com/hook?a=1#b', 'kim:pass'],
    ['https://kim@example.com/', 'https://example.com/', 'kim:'],
    ['https://:pass@example.com/', 'https://example.com/', ':pass'],
    ['http://kim:p%40%3A%20s@10.0.0.1:8080/', 'http://10.0.0.1:8080/', 'kim:p@: s'],
    ['https://kim:a@b@example.com/', 'https://example.com/', 'kim:a@b'],
    ['https://kim:100%@example.com/', 'https://example.com/', 'kim:100%'],
  ])('of %s are taken out and become a header', (text, kept, pair) => {
    const authorization = `Basic ${btoa(pair)}`;
    expect(splitCredentials(text)).toEqual({ ok: true, kept, authorization });
  });

  it('are sent as UTF-8', () => {
    const split = splitCredentials('https://zoë:grüße@example.com/');
    expect(split).toMatchObject({
      authorization: `Basic ${Buffer.from('zoë:grüße').toString('base64')}`,
    });
  });

  it('are taken out however long they are', () => {
    const user = 'a'.repeat(500_000);
    const split = splitCredentials(`https://${user}:@example.com/`);
    const pair = Buffer.from(`${user}:`).toString('base64');
    expect(split).toMatchObject({ kept: 'https://example.com/', authorization: `Basic ${pair}` });
  });

  it.each(['https://example.com', 'https://example.com/a@b?c:d@e', 'not a URL', ''])(
    'are not in %j, which is returned as it is',
    (text) => {
      expect(splitCredentials(text)).toEqual({ ok: true, kept: text });
    },
  );

  it.each(['https://a%3Ab:c@example.com/', 'https://a:b%0Ac@example.com/'])(
    'that Basic cannot carry are refused without being repeated: %s',
    (text) => {
      expect(splitCredentials(text)).toEqual({
        ok: false,
        reason: 'The user name and password of the URL cannot be sent: use a header instead.',
      });
    },
  );
});
