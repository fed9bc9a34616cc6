/** A receiver cannot put us off for longer; it is also the longest step of the schedule. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/** Too Many Requests and Service Unavailable: where the header says when to come back. */
const STATUSES_THAT_MAY_DEFER = new Set([429, 503]);

/** The three date forms of RFC 9110 section 5.6.7; `Date.parse` alone takes even "-5" for a date. */
const HTTP_DATE = new RegExp(
  [
    String.raw`^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$`,
    String.raw`^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$`,
    String.raw`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$`,
  ].join('|'),
);

/**
 * Reads `Retry-After`, in seconds or as an HTTP date, of an answer with status 429 or 503.
 *
 * @param nowMs the time of the answer, against which a date is reckoned
 * @returns milliseconds from now, 24 h at most; undefined when the header says nothing to go by
 */
export function parseRetryAfter(
  header: string | null,
  status: number,
  nowMs: number,
): number | undefined {
  if (header === null || !STATUSES_THAT_MAY_DEFER.has(status)) return undefined;
  const waitMs = readWaitMs(header.trim(), nowMs);
  return waitMs >= 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : undefined;
}

function readWaitMs(value: string, nowMs: number): number {
  // RFC 9110 has whole seconds; who answers 120.1 means no less than that.
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value)) * 1000;
  if (!HTTP_DATE.test(value)) return Number.NaN;
  // The asctime form names no zone and means GMT.
  return Date.parse(value.endsWith('GMT') ? value : `${value} GMT`) - nowMs;
}
