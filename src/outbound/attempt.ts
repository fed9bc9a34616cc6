import { AS_IT_CAME, isTimeout, readAnswer, type AnswerBody } from './read-answer.ts';
import { USER_AGENT } from './user-agent.ts';
import { classOfError, classOfStatus } from './failure-class.ts';
import type { AttemptResponse } from './outcome.ts';
import { parseRetryAfter } from './retry-after.ts';
import { signAttempt } from './signature.ts';
import { guardUrl, type UrlPolicy } from './url-guard.ts';

/** A POST to a user's address, ready but for time and signature. */
export interface AttemptRequest {
  url: string;
  /** What the receiver is to get beside those that every attempt has. */
  headers: Record<string, string>;
  secrets: readonly string[];
  /** The `webhook-id`: the same on every attempt at the same thing. */
  id: string;
  body: Uint8Array;
}

/** Where an attempt may go, and how long it may take. */
export interface AttemptPolicy extends UrlPolicy {
  /** Milliseconds for everything: connecting, headers and body. */
  deadlineMs: number;
}

/** What came back of an attempt. */
export interface AttemptAnswer {
  headers: Headers;
  /** At most 16 KiB. */
  body: Uint8Array;
}

/** An attempt that was made: what came of it, and what the log keeps. */
export interface Attempt {
  response: AttemptResponse;
  /** Milliseconds; when it began. */
  at: number;
  latencyMs: number;
  /** What was sent, without what the runtime adds. */
  requestHeaders: Record<string, string>;
  /** What came back, as far as it came; null where not even headers did. */
  answer: AttemptAnswer | null;
}

/** Long enough for a receiver that works before it answers; 15 s is the short end of Standard Webhooks' 15 to 30. */
export const ATTEMPT_DEADLINE_MS = 15_000;

/** What is read of an answer; the rest is cut off, however long it is. */
const MAX_ANSWER_BYTES = 16 * 1024;

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
    'user-agent': USER_AGENT,
    'webhook-id': request.id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': await signAttempt({ ...request, timestampSeconds }),
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
  // The deadline is over headers and body.
  const signal = AbortSignal.timeout(deadlineMs);
  const init = { method: 'POST', redirect: 'manual', signal, body, headers } as const;
  let answered: Response;
  try {
    answered = await fetch(url, { ...init, ...AS_IT_CAME });
  } catch (error) {
    const failure = isTimeout(error) ? 'timeout' : classOfError(error, url);
    return { response: { kind: 'failed', error: failure }, answer: null };
  }
  const read = await readAnswer(answered, MAX_ANSWER_BYTES);
  return {
    response: responseOf(answered, read, Date.now()),
    answer: { headers: answered.headers, body: read.bytes },
  };
}

/**
 * Says what an answer is worth. Its status and `Retry-After` hold whatever becomes of its body; only a
 * success has to come to its end, since a receiver that breaks off may not have taken what it was sent.
 */
function responseOf(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  { bytes, end }: AnswerBody,
  nowMs: number,
): AttemptResponse {
  const unreached = classOfStatus(status, bytes);
  if (unreached !== undefined) return { kind: 'failed', error: unreached, status };
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && (end === 'timeout' || end === 'connection')) {
    return { kind: 'failed', error: end, status };
  }
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), status, nowMs);
  return { kind: 'answered', status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
