/** What a log line may carry: ids, counts and states, never a payload or a secret. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

/** Enough of an error's words to know it by. */
const MAX_CHARACTERS = 500;

/** The place that failed and how it was reached; further down is the runtime. */
const MAX_FRAMES = 12;

const MAX_FRAME_CHARACTERS = 200;

/** An error that stands for one that stands for another says enough. */
const MAX_CAUSES = 3;

/**
 * Writes one JSON line. `event` is a short snake_case name of what happened.
 * Cloudflare indexes the fields of such lines.
 */
export function log(event: string, fields: LogFields = {}): void {
  console.log(JSON.stringify({ event, at: new Date().toISOString(), ...fields }));
}

/**
 * Writes one JSON line about a failure of our own: the words of the error and of its causes, and where in
 * the code it was thrown (`frames`; `stack` is one of an inbox), all bounded and without payloads.
 */
export function logError(event: string, error: unknown, fields: LogFields = {}): void {
  const causes = causesOf(error);
  const frames = [error, ...causes].map(framesOf).findLast((found) => found !== undefined);
  console.error(
    JSON.stringify({
      event,
      at: new Date().toISOString(),
      error: faultText(error),
      ...(causes.length > 0 && { cause: causes.map(faultText).join(' < ') }),
      frames,
      ...fields,
    }),
  );
}

/**
 * Says in at most 500 characters what went wrong, for an admin to read. What an error quotes may be a
 * piece of a payload (`JSON.parse` quotes what it could not read), and an address may hold a secret:
 * both are left out.
 */
export function faultText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text
    .replace(/"[^]*"?/, withoutQuote)
    .replaceAll(/[a-z][a-z\d+.-]{0,30}:\/\/\S*/gi, '(an address)')
    .slice(0, MAX_CHARACTERS);
}

/** From the first quotation mark to the last: what is quoted may hold such marks itself. */
function withoutQuote(quoted: string): string {
  const end = quoted.lastIndexOf('"');
  return end === 0 ? '"…' : `"…"${quoted.slice(end + 1)}`;
}

/** What an error stands for, the nearest first. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && causes.length < MAX_CAUSES) {
    causes.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

/** The lines of V8's stack after the error's own words, which may hold anything. */
function framesOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined;
  const words = error.stack.indexOf(error.message) + error.message.length;
  const frames = error.stack.slice(words).match(/^ {4}at .+$/gm) ?? [];
  const kept = frames.slice(0, MAX_FRAMES).map((frame) => frame.trim());
  return kept.map((frame) => frame.slice(0, MAX_FRAME_CHARACTERS)).join(' < ') || undefined;
}
