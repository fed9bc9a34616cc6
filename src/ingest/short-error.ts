import { idOf, isRecord, type JsonRecord } from '../waba/json-record.ts';

/** Real ones have some hundreds; a row must stay below D1's 2,000,000 bytes. */
const MAX_ERROR_CHARACTERS = 5_000;

/** An error of WABA's as it is kept: whole, or of an endless one the code and what is short. */
export function shortError(error: unknown): JsonRecord {
  if (!isRecord(error)) return {};
  if (JSON.stringify(error).length <= MAX_ERROR_CHARACTERS) return error;
  const { code, title, message } = error;
  const kept = typeof code === 'number' ? code : idOf(code);
  return { code: kept, title: idOf(title), message: idOf(message) };
}
