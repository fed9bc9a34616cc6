import { describe, expect, it } from 'vitest';
import { judge } from './outcome.ts';
import type { AttemptFailure } from './outcome.ts';

describe('judge', () => {
  it.each([200, 201, 202, 204, 206, 299])('takes %i as delivered', (status) => {
    expect(judge({ kind: 'answered', status })).toEqual({ verdict: 'delivered' });
  });

  it.each([300, 301, 302, 303, 304, 307, 308, 399])(
    'takes redirect %i as a failure and says that it is not followed',
    (status) => {
      expect(judge({ kind: 'answered', status })).toEqual({
        verdict: 'retry',
        reason: `The receiver answered ${status}; redirects are never followed: give the final URL.`,
      });
    },
  );

  it.each([0, 199, 400, 401, 403, 404, 409, 411, 413, 422, 429, 500, 502, 503, 504, 599])(
    'tries again after %i',
    (status) => {
      expect(judge({ kind: 'answered', status })).toEqual({
        verdict: 'retry',
        reason: `The receiver answered ${status}.`,
      });
    },
  );

  it('takes 410 as the wish to get no more', () => {
    expect(judge({ kind: 'answered', status: 410 })).toEqual({
      verdict: 'gone',
      reason: 'The receiver answered 410: it wants no more deliveries.',
    });
  });

  it('hands on how long the receiver asked us to wait', () => {
    expect(judge({ kind: 'answered', status: 429, retryAfterMs: 0 })).toMatchObject({
      retryAfterMs: 0,
    });
    expect(judge({ kind: 'answered', status: 503, retryAfterMs: 7_000 })).toMatchObject({
      verdict: 'retry',
      retryAfterMs: 7_000,
    });
  });

  it.each<[AttemptFailure, string]>([
    ['timeout', 'The receiver did not finish its answer in time.'],
    [
      'dns',
      "The receiver could not be reached: its name cannot be found. See to the URL's host, or its DNS.",
    ],
    ['refused', 'The receiver could not be reached: it refuses connections. Is it running?'],
    ['reset', 'The receiver closed the connection without an answer.'],
    ['tls', 'The receiver could not be reached: TLS failed. Is its certificate valid?'],
    ['connection', 'The receiver could not be reached or closed the connection.'],
    ['refused_url', 'The URL may not be called: change the URL of the webhook.'],
  ])('tries again after %s', (error, reason) => {
    expect(judge({ kind: 'failed', error })).toEqual({ verdict: 'retry', reason });
  });

  it('says of a success that broke off what was answered, and tries again', () => {
    const answered = { kind: 'failed', status: 201 } as const;
    expect([
      judge({ ...answered, error: 'timeout' }),
      judge({ ...answered, error: 'connection' }),
    ]).toEqual([
      {
        verdict: 'retry',
        reason: 'The receiver answered 201 but did not finish its answer in time.',
      },
      {
        verdict: 'retry',
        reason: 'The receiver answered 201 but closed the connection before the end of its answer.',
      },
    ]);
  });

  it("does not take the edge's word that a receiver is away for the receiver's", () => {
    expect(judge({ kind: 'failed', error: 'tls', status: 526 })).toEqual({
      verdict: 'retry',
      reason: 'The receiver could not be reached: TLS failed. Is its certificate valid?',
    });
  });
});
