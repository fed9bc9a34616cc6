import { describe, expect, it } from 'vitest';
import type { Attempt } from '../outbound/attempt.ts';
import { recordOf } from './attempt-record.ts';

const OWN = { Authorization: 'Token s3cr3t-value', 'X-Flag': '1' };
const SECRETS = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];

function answered(body: string | Uint8Array, headers: Record<string, string> = {}): Attempt {
  return {
    response: { kind: 'answered', status: 500 },
    at: 1,
    latencyMs: 2,
    requestHeaders: { ...OWN, 'webhook-id': 'e.1' },
    answer: {
      headers: new Headers(headers),
      body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    },
  };
}

function record(attempt: Attempt): ReturnType<typeof recordOf> {
  return recordOf(attempt, { secrets: SECRETS, ownHeaders: OWN });
}

describe('the record of an attempt', () => {
  it("masks the values of the webhook's own headers and of no other", () => {
    expect(JSON.parse(record(answered('')).request_headers)).toEqual({
      Authorization: '***',
      'X-Flag': '***',
      'webhook-id': 'e.1',
    });
  });

  it('holds no secret of ours that a receiver echoes, whole or in part', () => {
    const echo = `got Token s3cr3t-value and s3cr3t-value, ${SECRETS[0]}, flag 1`;
    const { response_body, response_headers } = record(
      answered(echo, { 'x-echo': 's3cr3t-value' }),
    );
    expect(response_body).toBe('got *** and ***, ***, flag 1');
    expect(JSON.parse(response_headers ?? '')).toEqual({ 'x-echo': '***' });
  });

  it('holds none that a receiver echoes as JSON either, whoever wrote that', () => {
    const own = { Authorization: 'Digest key="a/b/c/d"' };
    const echoes = ['"Digest key=\\"a/b/c/d\\""', '"key=\\"a\\/b\\/c\\/d\\""'];
    const attempt = answered(`[${echoes.join()}]`);
    const { response_body } = recordOf(attempt, { secrets: [], ownHeaders: own });
    expect(response_body).toBe('["***","***"]');
  });

  it('is text whatever the receiver sends', () => {
    const { response_body } = record(answered(new Uint8Array([0, 65, 0xff])));
    expect(response_body).toBe('\uFFFDA\uFFFD');
  });

  it('stays small under a thousand headers', () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`x-${index}`, 'v'.repeat(100)]),
    );
    expect(record(answered('', many)).response_headers?.length).toBeLessThan(20_000);
  });

  it('says why there was no answer', () => {
    const attempt: Attempt = {
      ...answered(''),
      response: { kind: 'failed', error: 'timeout' },
      answer: null,
    };
    expect(record(attempt)).toMatchObject({
      status: null,
      error: 'timeout',
      response_headers: null,
      response_body: null,
    });
  });
});
