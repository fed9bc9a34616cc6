import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authenticateWaba, refuseAnonymous, type WabaSecrets } from './authenticate-waba.ts';

const BODY = new TextEncoder().encode('{"name":"Zo\\u00eb \u00e9"}');
const NONE: WabaSecrets = {
  webhookToken: undefined,
  metaAppSecret: undefined,
  platformSecret: undefined,
};
const ALL: WabaSecrets = {
  webhookToken: 'token',
  metaAppSecret: 'meta',
  platformSecret: 'platform',
};

function passes(secrets: WabaSecrets, headers: Record<string, string>, query = ''): boolean {
  try {
    authenticateWaba(secrets, new URL(`http://x/waba/webhook${query}`), new Headers(headers), BODY);
    return true;
  } catch {
    return false;
  }
}

function hmac(secret: string, body: Uint8Array = BODY): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

describe('a call of WABA passes', () => {
  it.each([
    ['the token as bearer', { authorization: 'Bearer token' }, ''],
    ['the token in the query', {}, '?token=token'],
    [
      "Meta's signature over the raw bytes",
      { 'x-hub-signature-256': `sha256=${hmac('meta')}` },
      '',
    ],
    ["360dialog's signature in bare hex", { 'x-360dialog-signature': hmac('platform') }, ''],
    [
      "360dialog's signature with a prefix",
      { 'x-360dialog-signature': `sha256=${hmac('platform')}` },
      '',
    ],
    [
      'a wrong token beside a right signature',
      { authorization: 'Bearer x', 'x-360dialog-signature': hmac('platform') },
      '',
    ],
  ])('with %s', (_name, headers, query) => {
    expect(passes(ALL, headers, query)).toBe(true);
  });
});

describe('a call is refused', () => {
  it.each([
    ['nothing', {}, ''],
    ['a wrong token', { authorization: 'Bearer tokens' }, ''],
    ['an empty token', { authorization: 'Bearer ' }, '?token='],
    ['the token under another scheme', { authorization: 'Basic token' }, ''],
    [
      'a signature over other bytes',
      { 'x-hub-signature-256': `sha256=${hmac('meta', new Uint8Array())}` },
      '',
    ],
    ["Meta's signature in bare hex", { 'x-hub-signature-256': hmac('meta') }, ''],
    ["a signature with the other's secret", { 'x-360dialog-signature': hmac('meta') }, ''],
  ])('with %s', (_name, headers, query) => {
    expect(passes(ALL, headers, query)).toBe(false);
  });

  it.each([
    ['a token', { authorization: 'Bearer undefined' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a signature with an empty secret', { 'x-hub-signature-256': `sha256=${hmac('')}` }],
  ])('whatever it shows, when no secret is configured: %s', (_name, headers) => {
    expect(passes(NONE, headers)).toBe(false);
  });
});

describe('before its body is read, a call is refused', () => {
  const url = new URL('http://x/waba/webhook');
  const refused = (secrets: WabaSecrets, headers: Record<string, string>): boolean => {
    try {
      refuseAnonymous(secrets, url, new Headers(headers));
      return false;
    } catch {
      return true;
    }
  };

  it.each([
    ['with nothing', ALL, {}, true],
    ['with a wrong token', ALL, { authorization: 'Bearer x' }, true],
    ['with a signature that nothing can check', NONE, { 'x-hub-signature-256': 'x' }, true],
    ['not with the token', ALL, { authorization: 'Bearer token' }, false],
    ["not with a signature like Meta's", ALL, { 'x-hub-signature-256': 'x' }, false],
    ["not with a signature like 360dialog's", ALL, { 'x-360dialog-signature': 'x' }, false],
  ])('%s', (_name, secrets, headers: Record<string, string>, expected) => {
    expect(refused(secrets, headers)).toBe(expected);
  });
});
