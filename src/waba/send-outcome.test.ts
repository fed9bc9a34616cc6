import { describe, expect, it } from 'vitest';
import type { WabaResult } from './answer-of.ts';
import { sendOutcome } from './send-outcome.ts';

const NOT_SAID = { code: 'no code' };

function graphError(code: number): unknown {
  const message = `(#${code}) Something about it`;
  const data = { messaging_product: 'whatsapp', details: 'The details.' };
  return { error: { message, type: 'OAuthException', code, error_data: data, fbtrace_id: 'A1' } };
}

function answer(status: number, body: unknown, retryAfterMs?: number): WabaResult {
  const plain = { kind: 'answered', status, body } as const;
  return retryAfterMs === undefined ? plain : { ...plain, retryAfterMs };
}

/** An error in 360dialog's own words. */
function meta(text: string): object {
  return { meta: { success: false, developer_message: text } };
}

function accepted(status = 200): WabaResult {
  return answer(status, {
    messaging_product: 'whatsapp',
    contacts: [{ input: '48123', wa_id: '48124', user_id: 'PL.77' }],
    messages: [{ id: 'wamid.A', message_status: 'accepted' }],
  });
}

describe('an accepted message', () => {
  it.each([200, 201, 202])('is sent, whatever 2xx it is (%i)', (status) => {
    expect(sendOutcome(accepted(status), 1)).toEqual({
      kind: 'sent',
      wabaId: 'wamid.A',
      contactInput: '48123',
      contactWaId: '48124',
      contactUserId: 'PL.77',
    });
  });

  it('needs no contact', () => {
    const body = { messages: [{ id: 'wamid.A' }] };
    expect(sendOutcome(answer(200, body), 1)).toEqual({ kind: 'sent', wabaId: 'wamid.A' });
  });

  it.each([
    ['no body', undefined],
    ['no message', { messages: [] }],
    ['no id', { messages: [{ message_status: 'accepted' }] }],
    ['a list', []],
  ])('is unknown with %s', (_what, body) => {
    expect(sendOutcome(answer(200, body), 1)).toEqual({ kind: 'unknown' });
  });
});

describe('an error with a code', () => {
  const cases: [number, number, number, object][] = [
    [400, 131056, 1, { kind: 'retry', scope: 'pair', afterMs: 1_000 }],
    [400, 131056, 2, { kind: 'retry', scope: 'pair', afterMs: 4_000 }],
    [400, 131056, 4, { kind: 'retry', scope: 'pair', afterMs: 64_000 }],
    [400, 131056, 11, { kind: 'retry', scope: 'pair', afterMs: 3_600_000 }],
    [403, 130429, 1, { kind: 'retry', scope: 'number', afterMs: 250 }],
    [429, 130429, 40, { kind: 'retry', scope: 'number', afterMs: 250 }],
    [400, 4, 1, { kind: 'retry', scope: 'number', afterMs: 60_000 }],
    [400, 80007, 1, { kind: 'retry', scope: 'number', afterMs: 60_000 }],
    [400, 131048, 1, { kind: 'retry', scope: 'number', afterMs: 900_000 }],
    [503, 131057, 1, { kind: 'retry', scope: 'number', afterMs: 10_000 }],
    [500, 1, 1, { kind: 'retry', scope: 'message', afterMs: 1_000 }],
    [500, 2, 2, { kind: 'retry', scope: 'message', afterMs: 4_000 }],
    [500, 131000, 3, { kind: 'retry', scope: 'message', afterMs: 16_000 }],
    [500, 131016, 4, { kind: 'retry', scope: 'message', afterMs: 64_000 }],
    [400, 135000, 1, { kind: 'retry', scope: 'message', afterMs: 1_000 }],
    [400, 131053, 1, { kind: 'retry', scope: 'message', afterMs: 1_000 }],
  ];

  it.each(cases)('%i with %i at try %i: %o', (status, code, tries, outcome) => {
    expect(sendOutcome(answer(status, graphError(code)), tries)).toEqual(outcome);
  });

  it.each([
    [1, 5],
    [131016, 5],
    [131053, 2],
    [131056, 12],
    [131057, 20],
  ])('%i is final at try %i', (code, tries) => {
    expect(sendOutcome(answer(500, graphError(code)), tries)).toMatchObject({
      kind: 'failed',
      error: { code },
    });
  });

  it.each([131026, 131047, 131051, 131021, 131030, 132001, 132012, 131008, 100, 131049, 470])(
    '%i is final, even with a 500',
    (code) => {
      expect(sendOutcome(answer(500, graphError(code)), 1)).toMatchObject({
        kind: 'failed',
        alert: false,
        error: { code },
      });
    },
  );

  it.each([130497, 131064])('%i is final and somebody has to act', (code) => {
    const outcome = sendOutcome(answer(400, graphError(code)), 1);
    expect(outcome).toMatchObject({ kind: 'failed', alert: true, error: { code } });
  });

  it.each([0, 3, 10, 190, 200, 299, 131005, 368, 131031, 131037, 131042, 131044, 131045, 133010])(
    '%i is the whole account’s: the message waits, however often it was tried',
    (code) => {
      for (const tries of [1, 99]) {
        expect(sendOutcome(answer(400, graphError(code)), tries)).toMatchObject({
          kind: 'barred',
          error: { code, title: 'Something about it' },
          afterMs: 5_000,
          atMostMs: 600_000,
        });
      }
    },
  );

  it('tells WhatsApp’s words as a status would', () => {
    expect(sendOutcome(answer(400, graphError(131030)), 1)).toEqual({
      kind: 'failed',
      alert: false,
      error: {
        code: 131030,
        title: 'Something about it',
        message: '(#131030) Something about it',
        error_data: { details: 'The details.' },
        fbtrace_id: 'A1',
      },
    });
  });

  it('waits at least as long as WABA asks for', () => {
    const outcome = sendOutcome(answer(429, graphError(130429), 30_000), 1);
    expect(outcome).toEqual({ kind: 'retry', scope: 'number', afterMs: 30_000 });
  });
});

describe('an answer without a known code', () => {
  const cases: [number, unknown, object][] = [
    [500, undefined, { kind: 'unknown' }],
    [502, 'Bad gateway', { kind: 'unknown' }],
    [504, meta('Timeout'), { kind: 'unknown' }],
    [520, undefined, { kind: 'unknown' }],
    [522, undefined, { kind: 'unknown' }],
    [524, undefined, { kind: 'unknown' }],
    [500, graphError(999_999), { kind: 'unknown' }],
    [503, undefined, { kind: 'retry', scope: 'number' }],
    [429, undefined, { kind: 'retry', scope: 'number' }],
    [521, undefined, { kind: 'retry', scope: 'number' }],
    [523, undefined, { kind: 'retry', scope: 'number' }],
    [530, undefined, { kind: 'retry', scope: 'number' }],
    [400, meta('Rate limit exceeded'), { kind: 'retry', scope: 'number' }],
    [408, undefined, { kind: 'retry', scope: 'message' }],
    [302, undefined, { kind: 'retry', scope: 'message' }],
    [400, meta('The number is disabled'), { kind: 'barred', error: { code: 400 } }],
    [400, { error: 'Lack of payment' }, { kind: 'barred', error: { code: 400 } }],
    [400, meta('payment_settings is required'), { kind: 'failed', alert: false }],
    [400, meta('Links to images are disabled'), { kind: 'failed', alert: false }],
    [402, undefined, { kind: 'barred', error: { code: 402 } }],
    [400, { error: 'Bad' }, { kind: 'failed', error: { code: 400, title: 'Bad' } }],
    [400, graphError(999_999), { kind: 'failed', error: { code: 999_999 } }],
    [404, undefined, { kind: 'failed', alert: false, error: { code: 404 } }],
    [401, meta('Invalid api_key'), { kind: 'barred', error: { code: 401 } }],
    [403, undefined, { kind: 'barred', error: { code: 403 } }],
  ];

  it.each(cases)('goes by the status (%i, %j): %o', (status, body, outcome) => {
    expect(sendOutcome(answer(status, body), 1)).toMatchObject(outcome);
  });

  it('is not read out of a code that is none', () => {
    const outcome = sendOutcome(answer(400, { error: NOT_SAID }), 1);
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 400 } });
  });
});

describe('no answer', () => {
  it('puts the number off where nothing left', () => {
    const outcome = sendOutcome({ kind: 'unsent', reason: 'refused' }, 99);
    expect(outcome).toEqual({
      kind: 'retry',
      scope: 'number',
      afterMs: 250,
      atMostMs: 10_000,
    });
  });

  it('is unknown where the message may have left', () => {
    expect(sendOutcome({ kind: 'lost', reason: 'broke' }, 1)).toEqual({ kind: 'unknown' });
  });

  it('comes to an end where it was lost sixty times', () => {
    const outcome = sendOutcome({ kind: 'lost', reason: 'broke' }, 60);
    expect(outcome).toMatchObject({ kind: 'failed', alert: true, error: { title: 'No answer' } });
  });
});
