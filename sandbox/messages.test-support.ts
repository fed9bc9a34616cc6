import { expect } from 'vitest';
import { isObject, type JsonObject } from './json-object.ts';
import { messageError } from './validate-message.ts';

/** The codes of Meta's for what is missing and for what is there but not acceptable. */
export const MISSING = 131008;
export const INVALID = 131009;

/** A complete message of the type, to a number. */
export function message(type: string, content: unknown, more: JsonObject = {}): JsonObject {
  return { messaging_product: 'whatsapp', to: '16505551234', type, [type]: content, ...more };
}

/** The code and details of the error for this body; only `uploaded` is a known media id. */
export function errorOf(body: JsonObject): [code: unknown, details: unknown] | undefined {
  const answer = messageError(body, (id) => id === 'uploaded');
  if (!answer) return undefined;
  expect(answer.status).toBe(400);
  const parsed: unknown = JSON.parse(String(answer.body));
  const error = isObject(parsed) && isObject(parsed['error']) ? parsed['error'] : {};
  const data = isObject(error['error_data']) ? error['error_data'] : {};
  return [error['code'], data['details']];
}
