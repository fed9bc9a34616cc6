import { idOf, isRecord, textOf, type JsonRecord } from './json-record.ts';

/**
 * Returns one of WABA's errors in the one shape that the API shows: what it said, and beside it `code` as a
 * number, `title`, `message`, and `details`, wherever one of these can be told from another.
 * The Cloud API puts the details into `error_data`, On-Prem had them by themselves.
 */
export function shownError(error: unknown): JsonRecord {
  if (!isRecord(error)) return { code: 0, title: 'Unknown error', message: 'Unknown error' };
  const data = isRecord(error['error_data']) ? error['error_data'] : {};
  const said = textOf(error['details']) ?? textOf(data['details']);
  const title = idOf(error['title']) ?? idOf(error['message']) ?? 'Unknown error';
  const message = idOf(error['message']) ?? title;
  return {
    ...error,
    code: codeOf(error['code']),
    title,
    message,
    // The inbox of the service shows nothing else of an error.
    details: said ?? message,
    ...(said === undefined ? {} : { error_data: { ...data, details: said } }),
  };
}

/**
 * Returns what holds an error or several in the one shape: an object with `errors`. A status has them so, as
 * a message does; an error by itself is put into one.
 */
export function withShownErrors(payload: unknown): JsonRecord & { errors: JsonRecord[] } {
  if (!isRecord(payload)) return { errors: [shownError(payload)] };
  const { errors } = payload;
  if (Array.isArray(errors)) return { ...payload, errors: errors.map(shownError) };
  return { errors: [shownError(payload)] };
}

function codeOf(code: unknown): unknown {
  const number = Number(textOf(code) ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : (code ?? 0);
}
