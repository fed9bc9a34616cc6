/** A JSON object. */
export type JsonRecord = Record<string, unknown>;

/** Whether a value is a JSON object (not null, not an array). */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a JSON array; none where the value is no array. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * A non-empty string, or a number's digits; undefined for anything else. Half a surrogate pair, which
 * JSON's escapes can write, becomes U+FFFD here as it would in the database, which keeps UTF-8: what
 * is looked up is then what was stored.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value.toWellFormed();
  return typeof value === 'number' ? String(value) : undefined;
}

/** WhatsApp's own ids have at most about 140 characters; a thousand of these fit one bound value. */
const MAX_ID_CHARACTERS = 500;

/** An id or another key: as `textOf`, and undefined for what is too long to be one. */
export function idOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined || text.length > MAX_ID_CHARACTERS ? undefined : text;
}
