import { describe, expect, it } from 'vitest';
import { readLookup } from './look-up-media.ts';

function answered(status: number, body: unknown) {
  return { kind: 'answered', status, body } as const;
}

describe('readLookup', () => {
  const url = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1';

  it.each([
    ['a text', '303833'],
    ['a number', 303833],
  ])('reads the size as %s', (_, size) => {
    const body = { url, mime_type: 'image/jpeg', file_size: size, id: '1' };
    const found = { kind: 'found', url, mimeType: 'image/jpeg', size: 303833 };
    expect(readLookup(answered(200, body))).toEqual(found);
  });

  it('does without type and size, and with a size that is none', () => {
    const found = { kind: 'found', url, mimeType: undefined, size: undefined };
    expect(readLookup(answered(200, { url }))).toEqual(found);
    expect(readLookup(answered(200, { url, file_size: '-1' }))).toEqual(found);
  });

  it.each([
    ['an unknown object', 400, { error: { code: 100, error_subcode: 33, message: '(#100) No' } }],
    ['a file WhatsApp could not get', 400, { error: { code: 131052, message: '(#131052) No' } }],
    ['404 with an error', 404, { meta: { success: false, developer_message: 'No' } }],
    ['410 with an error', 410, { error: 'No' }],
  ])('gives a file up at %s', (_, status, body) => {
    expect(readLookup(answered(status, body)).kind).toBe('gone');
  });

  it.each([
    ['a wrong key', 401, { meta: { developer_message: 'Invalid api_key' } }],
    ['a throttled number', 403, { error: { code: 4, message: '(#4) Too many' } }],
    ['a rate limit in words', 400, { error: 'rate limit exceeded' }],
    ['an outage', 502, undefined],
    ['a redirect', 302, undefined],
    ['a path that is not there', 404, undefined],
    ['an answer without a link', 200, { id: '1' }],
    ['an answer that is no JSON', 200, undefined],
  ])('keeps a file for later at %s', (_, status, body) => {
    expect(readLookup(answered(status, body)).kind).toBe('refused');
  });

  it('keeps how long WABA asks to wait', () => {
    const result = { ...answered(429, undefined), retryAfterMs: 5_000 };
    expect(readLookup(result)).toMatchObject({ kind: 'refused', retryAfterMs: 5_000 });
  });

  it.each(['unsent', 'lost'] as const)('tells %s from a refusal', (kind) => {
    const lookup = readLookup({ kind, reason: 'x' });
    expect(lookup).toEqual({ kind: 'unanswered', reason: 'x' });
  });
});
