import type { Attempt } from './attempt.ts';
import type { AttemptFailure } from './outcome.ts';

/** What came of an attempt, fit to be shown to whoever may see where it went. */
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

/** What stands in the place of whatever might be a secret. */
export const MASK = '***';

/** Shorter values are words such as "1" or "yes": masking them would garble any text. */
const MIN_SECRET_LENGTH = 6;

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
