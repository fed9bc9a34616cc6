import type { attempts } from '../store/schema.ts';
import type { Attempt, AttemptRequest } from '../outbound/attempt.ts';
import { MASK, shownAnswer } from '../outbound/shown-answer.ts';

/** What the log keeps of one attempt, whichever delivery it was of. */
export type AttemptRecord = Pick<
  typeof attempts.$inferSelect,
  | 'at'
  | 'status'
  | 'error'
  | 'latency_ms'
  | 'request_headers'
  | 'response_headers'
  | 'response_body'
> & {
  /** Which of its delivery's parts it sent. */
  part: number;
};

/**
 * Makes the log's record of an attempt. The values of the webhook's own headers are masked, in what was
 * sent and in what the receiver said.
 */
export function recordOf(
  attempt: Attempt,
  { secrets, ownHeaders }: Pick<AttemptRequest, 'secrets'> & { ownHeaders: Record<string, string> },
): Omit<AttemptRecord, 'part'> {
  const shown = shownAnswer(attempt, [...secrets, ...Object.values(ownHeaders)]);
  return {
    at: attempt.at,
    status: shown.status,
    error: shown.error,
    latency_ms: shown.latencyMs,
    request_headers: JSON.stringify(maskedHeaders(attempt.requestHeaders, ownHeaders)),
    response_headers: shown.headers && JSON.stringify(shown.headers),
    response_body: shown.body,
  };
}

function maskedHeaders(
  headers: Record<string, string>,
  own: Record<string, string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Object.hasOwn(own, name) ? MASK : value]),
  );
}
