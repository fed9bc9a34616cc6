import { describe, expect, it } from 'vitest';
import { checkHeaders } from './allowed-headers.ts';

function problemsOf(headers: Record<string, unknown>): string[] {
  const result = checkHeaders(headers);
  return result.ok ? [] : result.problems;
}

describe('checkHeaders', () => {
  it('keeps what is allowed, with names as given', () => {
    const headers = {
      Authorization: 'Bearer abc',
      Cookie: 'a=b; c=d',
      'X-Api-Key': 'k',
      'x_under.score': '',
      Accept: 'application/json',
    };
    expect(checkHeaders(headers)).toEqual({ ok: true, headers });
  });

  it('takes no headers at all', () => {
    expect(checkHeaders({})).toEqual({ ok: true, headers: {} });
  });

  it('turns numbers and booleans into text and drops white space around a value', () => {
    expect(checkHeaders({ 'X-N': 42, 'X-F': 1.5, 'X-B': false, 'X-S': ' \ta b \t' })).toEqual({
      ok: true,
      headers: { 'X-N': '42', 'X-F': '1.5', 'X-B': 'false', 'X-S': 'a b' },
    });
  });

  it.each([null, undefined, {}, ['a'], () => 'a'])('refuses the value %j', (value) => {
    expect(problemsOf({ 'X-A': value })).toEqual([
      'Header "X-A" must have a text, a number or a boolean as its value.',
    ]);
  });

  it.each([
    'Host',
    'CONTENT-LENGTH',
    'Content-Type',
    'Content-Encoding',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'Upgrade',
    'TE',
    'Trailer',
    'Expect',
    'Forwarded',
    'User-Agent',
    'Proxy-Authorization',
    'Sec-Fetch-Mode',
    'CF-Connecting-IP',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'Webhook-Id',
    'webhook-timestamp',
    'webhook-signature',
    'Waypost-Sequence',
  ])('refuses the reserved name %s', (name) => {
    expect(problemsOf({ [name]: 'x' })).toEqual([
      `Header "${name}" cannot be set: it is reserved.`,
    ]);
  });

  it.each(['', ' X-A', 'X A', 'X:A', 'X-Ä', 'X\r\nY', 'X\u0000', '"X"', 'X(1)', 'X/Y'])(
    'refuses the name %j, which is no token',
    (name) => {
      expect(problemsOf({ [name]: 'x' })).toEqual([
        `Header ${JSON.stringify(name)} has no valid name: use letters, digits and hyphens.`,
      ]);
    },
  );

  it.each([
    'a\r\nX-Evil: 1',
    'a\n',
    '\r',
    'a\u0000b',
    'a\tb',
    'a\u007f',
    'a\u0085b',
    'é',
    '\u00a0',
    '€',
    '👋',
  ])('refuses the value %j', (value) => {
    expect(problemsOf({ 'X-A': value })).toEqual([
      'Header "X-A" has a character that HTTP cannot carry safely: ' +
        'use ASCII without line breaks or controls.',
    ]);
  });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json;charset=utf-8',
    ' application/json; charset="UTF-8" ',
  ])('drops the content type %s, which is sent anyway', (type) => {
    expect(checkHeaders({ 'content-Type': type, 'X-A': 'b' })).toEqual({
      ok: true,
      headers: { 'X-A': 'b' },
    });
  });

  it.each(['text/plain', 'application/json; charset=latin1', 'application/jsonp', ''])(
    'refuses the content type %j, which would not be true',
    (type) => {
      expect(problemsOf({ 'Content-Type': type })).toEqual([
        'Header "Content-Type" cannot be set: it is reserved.',
      ]);
    },
  );

  it('refuses a name given twice in different cases', () => {
    expect(problemsOf({ 'X-A': '1', 'x-a': '2' })).toEqual(['Header "x-a" is given twice.']);
  });

  it('names every problem, one sentence each', () => {
    expect(problemsOf({ Host: 'x', 'X-Ok': 'fine', 'X-A': null })).toHaveLength(2);
  });

  it('takes 32 headers and refuses 33', () => {
    const headers = Object.fromEntries(Array.from({ length: 32 }, (_, n) => [`X-${n}`, 'v']));
    expect(checkHeaders(headers).ok).toBe(true);
    expect(problemsOf({ ...headers, 'X-32': 'v' })).toEqual([
      'There are 33 headers; at most 32 are allowed.',
    ]);
  });

  it('takes 4,096 bytes of names and values and refuses one more', () => {
    expect(checkHeaders({ 'X-Long': 'u'.repeat(4_090) }).ok).toBe(true);
    expect(problemsOf({ 'X-Long': 'u'.repeat(4_091) })).toEqual([
      'The headers take 4097 bytes; at most 4096 are allowed.',
    ]);
  });

  it('does not repeat an overlong name in its answer', () => {
    const [problem = ''] = problemsOf({ [`${'x'.repeat(3_000)} `]: 'v' });
    expect(problem.length).toBeLessThan(200);
  });

  it('keeps a header whose name means something to objects', () => {
    const parsed: Record<string, unknown> = JSON.parse('{"__proto__": "x", "constructor": "y"}');
    const result = checkHeaders(parsed);
    expect(result.ok && Object.entries(result.headers)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});
