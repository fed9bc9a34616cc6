import { guardUrl } from './url-guard.ts';
import { readAnswer, type AttemptAnswer } from './attempt-answer.ts';
import type { AttemptResponse } from './outcome.ts';
import { parseRetryAfter } from './retry-after.ts';
import { signDelivery } from './signature.ts';

/** One POST of a delivery, ready but for time and signature. */
export interface AttemptRequest {
  url: string;
  /** The webhook's own headers and those of the event. */
  headers: Record<string, string>;
  secrets: readonly string[];
  /** The `webhook-id`: the same on every attempt. */
  id: string;
  body: Uint8Array;
}

/** Where an attempt may go, and how long it may take. */
export interface AttemptPolicy {
  allowPrivate: boolean;
  /** Our own hosts: a webhook that points at us would loop. */
  ownHosts: readonly string[];
  /** Milliseconds for everything: connecting, headers and body. */
  deadlineMs: number;
}

/** An attempt that was made: what came of it, and what the log keeps. */
export interface Attempt {
  response: AttemptResponse;
  /** Milliseconds; when it began. */
  at: number;
  latencyMs: number;
  /** What was sent, without what the runtime adds. */
  requestHeaders: Record<string, string>;
  /** What came back, as far as it came; null where nothing did. */
  answer: AttemptAnswer | null;
}

/** Long enough for a receiver that works before it answers; 15 s is the short end of Standard Webhooks' 15 to 30. */
export const ATTEMPT_DEADLINE_MS = 15_000;

/**
 * Makes one attempt: guards the URL, signs with the present time, posts, and reads at most 16 KiB of
 * the answer before one deadline. Redirects are not followed. Never throws; the clock starts here, so
 * call it once a connection is free.
 */
export async function attempt(request: AttemptRequest, policy: AttemptPolicy): Promise<Attempt> {
  const at = Date.now();
  const timestampSeconds = Math.floor(at / 1000);
  const requestHeaders = {
    ...request.headers,
    'content-type': 'application/json',
    'user-agent': 'Waypost (webhook router)',
    'webhook-id': request.id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': await signDelivery({ ...request, timestampSeconds }),
  };
  const guarded = guardUrl(request.url, policy);
  const { response, answer } = guarded.ok
    ? await post(guarded.url, request.body, requestHeaders, policy.deadlineMs)
    : { response: { kind: 'failed', error: 'refused_url' } as const, answer: null };
  return { response, at, latencyMs: Date.now() - at, requestHeaders, answer };
}

async function post(
  url: URL,
  body: Uint8Array,
  headers: Record<string, string>,
  deadlineMs: number,
): Promise<Pick<Attempt, 'response' | 'answer'>> {
  const deadline = AbortSignal.timeout(deadlineMs);
  let answer: AttemptAnswer | null = null;
  try {
    const init = { method: 'POST', redirect: 'manual', signal: deadline, body, headers } as const;
    const response = await fetch(url, init);
    answer = { headers: response.headers, body: new Uint8Array() };
    answer.body = await readAnswer(response, deadline);
    const { status } = response;
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), status, Date.now());
    const answered = { kind: 'answered', status } as const;
    return {
      response: retryAfterMs === undefined ? answered : { ...answered, retryAfterMs },
      answer,
    };
  } catch {
    return {
      response: { kind: 'failed', error: deadline.aborted ? 'timeout' : 'connection' },
      answer,
    };
  }
}
