import type { FailureClass } from './failure-class.ts';

/** Why an attempt got no answer of the receiver's, or none that can be relied on. */
export type AttemptFailure = FailureClass | 'refused_url';

/** What came of one HTTP request: an answer, or none. A failure may have a status all the same. */
export type AttemptResponse =
  | { kind: 'answered'; status: number; retryAfterMs?: number }
  | { kind: 'failed'; error: AttemptFailure; status?: number };

/** What that means: it has arrived, is to be tried again, or the receiver wants nothing any more. */
export type Outcome =
  | { verdict: 'delivered' }
  | { verdict: 'retry'; reason: string; retryAfterMs?: number }
  | { verdict: 'gone'; reason: string };

/** Shown to whoever gave the address: says what happened, not which address was tried or how it failed. */
const FAILURE_REASONS: Readonly<Record<AttemptFailure, string>> = {
  timeout: 'The receiver did not finish its answer in time.',
  dns: "The receiver could not be reached: its name cannot be found. See to the URL's host, or its DNS.",
  refused: 'The receiver could not be reached: it refuses connections. Is it running?',
  reset: 'The receiver closed the connection without an answer.',
  tls: 'The receiver could not be reached: TLS failed. Is its certificate valid?',
  connection: 'The receiver could not be reached or closed the connection.',
  refused_url: 'The URL may not be called: change the URL of the webhook.',
};

const HTTP_GONE = 410;

/**
 * Judges an attempt. Only 2xx is success; 410 asks for no more (Standard Webhooks); all else, a
 * redirect and a 4xx too, is worth another attempt, since a receiver's mistake can be mended.
 */
export function judge(response: AttemptResponse): Outcome {
  if (response.kind === 'failed') {
    return { verdict: 'retry', reason: reasonOf(response) };
  }
  const { status, retryAfterMs } = response;
  if (isIn(status, 200)) return { verdict: 'delivered' };
  if (status === HTTP_GONE) {
    return { verdict: 'gone', reason: 'The receiver answered 410: it wants no more deliveries.' };
  }
  const reason = isIn(status, 300)
    ? `The receiver answered ${status}; redirects are never followed: give the final URL.`
    : `The receiver answered ${status}.`;
  return retryAfterMs === undefined
    ? { verdict: 'retry', reason }
    : { verdict: 'retry', reason, retryAfterMs };
}

function reasonOf({ error, status }: Extract<AttemptResponse, { kind: 'failed' }>): string {
  const isCutOff = status !== undefined && isIn(status, 200);
  if (!isCutOff) return FAILURE_REASONS[error];
  return error === 'timeout'
    ? `The receiver answered ${status} but did not finish its answer in time.`
    : `The receiver answered ${status} but closed the connection before the end of its answer.`;
}

function isIn(status: number, hundred: number): boolean {
  return status >= hundred && status < hundred + 100;
}
