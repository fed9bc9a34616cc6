import type { attempts } from '../store/schema.ts';
import type { Attempt, AttemptRequest } from '../outbound/attempt.ts';
import type { AttemptFailure } from '../outbound/outcome.ts';

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

/** What came of an attempt, fit to be shown to whoever may see the webhook. */
export interface ShownAnswer {
  /** Also of an answer that did not come to its end; null where there was none. */
  status: number | null;
  /** Why there was no answer, or none that can be relied on. */
  error: AttemptFailure | null;
  latencyMs: number;
  headers: Record<string, string> | null;
  /** The first 16 KiB, unpacked. */
  body: string | null;
}

/** Headers of an answer are kept up to so many characters: a receiver may send a thousand of them. */
const MAX_HEADER_CHARACTERS = 16 * 1024;

/** What a request header's value is replaced by, wherever it might be a secret. */
const MASK = '***';

/** Shorter values are words such as "1" or "yes": masking them would garble any text. */
const MIN_SECRET_LENGTH = 6;

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

/**
 * Says what came of an attempt. A receiver that echoes its request must not bring a secret to light: the
 * values of `hidden` are masked wherever it repeats them.
 */
export function shownAnswer(
  { response, latencyMs, answer }: Attempt,
  hidden: readonly string[],
): ShownAnswer {
  const hide = hider(hidden);
  return {
    status: response.status ?? null,
    error: response.kind === 'failed' ? response.error : null,
    latencyMs,
    headers: answer && headersUpTo(answer.headers, hide),
    body: answer && hide(textOf(answer.body)),
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

function headersUpTo(headers: Headers, hide: (text: string) => string): Record<string, string> {
  const kept: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of headers) {
    size += name.length + value.length;
    if (size > MAX_HEADER_CHARACTERS) break;
    kept[name] = hide(value);
  }
  return kept;
}

/** SQLite's text ends at a NUL for some readers. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll('\0', '\uFFFD');
}

/** Replaces secrets in a text, and the parts of those like `Token abc…` too. */
function hider(secrets: readonly string[]): (text: string) => string {
  const parts = secrets.flatMap((secret) => [secret, ...secret.split(/\s+/)]);
  const hidden = parts.filter((part) => part.length >= MIN_SECRET_LENGTH).flatMap(spellings);
  // The longest first: a part of it must not be cut out before.
  hidden.sort((a, b) => b.length - a.length);
  return (text) => hidden.reduce((rest, part) => rest.replaceAll(part, MASK), text);
}

/** How a text stands in an answer: as it is, or as JSON has it, with or without PHP's escaped slashes. */
function spellings(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  return [...new Set([text, escaped, escaped.replaceAll('/', '\\/')])];
}
