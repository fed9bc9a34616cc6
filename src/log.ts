/** What a log line may carry: ids, counts and states, never a payload or a secret. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

/**
 * Writes one JSON line. `event` is a short snake_case name of what happened.
 * Cloudflare indexes the fields of such lines.
 */
export function log(event: string, fields: LogFields = {}): void {
  console.log(JSON.stringify({ event, at: new Date().toISOString(), ...fields }));
}

/** Writes one JSON line about a failure of our own; the error's text is cut at 500 characters. */
export function logError(event: string, error: unknown, fields: LogFields = {}): void {
  const message = (
    error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  ).slice(0, 500);
  console.error(JSON.stringify({ event, at: new Date().toISOString(), error: message, ...fields }));
}
