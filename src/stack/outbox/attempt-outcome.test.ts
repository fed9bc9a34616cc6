import { expect, it } from 'vitest';
import { attemptOutcome } from './attempt-outcome.ts';

const UNREADY = { kind: 'unready', reason: 'WhatsApp is away.' } as const;

it.each([
  [1, 1_000],
  [2, 4_000],
  [6, 1_024_000],
])(
  'tries a file that could not be handed over again (try %i: after %i ms)',
  (attempts, afterMs) => {
    expect(attemptOutcome(UNREADY, attempts)).toEqual({ kind: 'retry', scope: 'message', afterMs });
  },
);

it('gives up on such a file after half an hour', () => {
  expect(attemptOutcome(UNREADY, 7)).toMatchObject({
    kind: 'failed',
    error: { code: 131053, message: 'WhatsApp is away.' },
  });
});

it('fails a message that was refused before it left', () => {
  const error = { code: 131009, title: 't', message: 'm' };
  expect(attemptOutcome({ kind: 'refused', error }, 1)).toEqual({
    kind: 'failed',
    error,
    alert: false,
  });
});

it('leaves WABA’s answers to be judged as such', () => {
  expect(attemptOutcome({ kind: 'lost', reason: 'broke' }, 1)).toEqual({ kind: 'unknown' });
});
