import { guardUrl } from './url-guard.ts';
import type { AttemptResponse } from './outcome.ts';
import { readUpTo } from './read-up-to.ts';
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

/** Long enough for a receiver that works before it answers; 15 s is the short end of Standard Webhooks' 15 to 30. */
export const ATTEMPT_DEADLINE_MS = 15_000;

/** What is read of an answer; the rest is cut off, however long it is. */
const MAX_ANSWER_BYTES = 16 * 1024;

/**
 * Makes one attempt: guards the URL, signs with the present time, posts, and reads at most 16 KiB of
 * the answer before one deadline. Redirects are not followed. Never throws; the clock starts here, so
 * call it once a connection is free.
 */
export async function attempt(
  request: AttemptRequest,
  policy: AttemptPolicy,
): Promise<AttemptResponse> {
  const guarded = guardUrl(request.url, policy);
  if (!guarded.ok) return { kind: 'failed', error: 'refused_url' };
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const signature = await signDelivery({ ...request, timestampSeconds });
  const deadline = AbortSignal.timeout(policy.deadlineMs);
  try {
    const response = await fetch(guarded.url, {
      method: 'POST',
      redirect: 'manual',
      signal: deadline,
      body: request.body,
      headers: {
        ...request.headers,
        'content-type': 'application/json',
        'user-agent': 'Waypost (webhook router)',
        'webhook-id': request.id,
        'webhook-timestamp': String(timestampSeconds),
        'webhook-signature': signature,
      },
    });
    await readUpTo(response.body, MAX_ANSWER_BYTES, deadline);
    const retryAfterMs = parseRetryAfter(
      response.headers.get('retry-after'),
      response.status,
      Date.now(),
    );
    return {
      kind: 'answered',
      status: response.status,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  } catch {
    return { kind: 'failed', error: deadline.aborted ? 'timeout' : 'connection' };
  }
}
