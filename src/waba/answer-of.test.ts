import { describe, expect, it } from 'vitest';
import { WaypostError } from '../error.ts';
import { answerOf, type WabaResult } from './answer-of.ts';

function answered(status: number, body: unknown): WabaResult {
  return { kind: 'answered', status, body };
}

function errorOf(result: WabaResult): WaypostError {
  try {
    answerOf(result, 'It failed');
  } catch (error) {
    if (error instanceof WaypostError) return error;
  }
  throw new Error('It did not fail.');
}

const graph = (code: number, more: object = {}) => ({ error: { message: 'no', code, ...more } });

describe('an answer of WABA', () => {
  it('is its body where it went well, an empty one where that is no object', () => {
    expect(answerOf(answered(200, { id: '1' }), '')).toEqual({ id: '1' });
    expect(answerOf(answered(204, undefined), '')).toEqual({});
  });

  it.each([
    ['invalid', answered(400, graph(100))],
    ['invalid', answered(403, graph(131009))],
    ['invalid', answered(400, { meta: { developer_message: 'no' } })],
    ['not_found', answered(404, { meta: { developer_message: 'no' } })],
    ['invalid', answered(404, undefined)],
    ['unavailable', answered(401, { error: 'Invalid api_key' })],
    ['unavailable', answered(400, graph(190))],
    ['unavailable', answered(429, graph(4))],
    ['unavailable', answered(500, undefined)],
    ['unavailable', answered(302, undefined)],
    ['unavailable', { kind: 'unsent', reason: 'refused' }],
    ['unavailable', { kind: 'lost', reason: 'timeout' }],
  ] as [string, WabaResult][])('is %s where it is %j', (code, result) => {
    expect(errorOf(result).code).toBe(code);
  });

  it('says what failed, why, and what Graph adds for people', () => {
    const details = { error_data: { details: 'too long' } };
    expect(errorOf(answered(400, graph(100, details))).message).toBe('It failed: no: too long');
    const forPeople = { error_user_msg: 'Use another name.' };
    expect(errorOf(answered(400, graph(100, forPeople))).message).toContain('another name');
    const repeated = { message: '(#100) Name is taken', error_user_msg: 'Name is taken' };
    expect(errorOf(answered(400, graph(100, repeated))).message).toBe(
      'It failed: (#100) Name is taken',
    );
  });

  it('does not pass on a page of words', () => {
    const long = { error: 'x'.repeat(10_000) };
    expect(errorOf(answered(400, long)).message.length).toBeLessThan(600);
  });
});
