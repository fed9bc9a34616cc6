/** A JSON object whose members are not known yet. */
export type JsonObject = Record<string, unknown>;

/** True for a JSON object; false for null, lists and plain values. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member of that name when it is a string, else undefined. */
export function stringOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}
