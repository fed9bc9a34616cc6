import { isRecord, textOf, type JsonRecord } from './json-record.ts';

/** An error as WhatsApp puts it into `errors` of a status, whatever shape it came in. */
export interface WabaError {
  code: number;
  title: string;
  message: string;
  error_data?: { details: string };
  fbtrace_id?: string;
}

/** What an error body says. `code` is undefined where 360dialog gives only words. */
export type ParsedError = Omit<WabaError, 'code'> & { code: number | undefined };

/** Graph writes the code before the title: "(#131030) Recipient phone number not in allowed list". */
const CODE_PREFIX = /^\(#\d+\)\s*/;

/**
 * Reads an error body: Meta's `{error: {…}}`, 360dialog's `{meta: {developer_message}}` and
 * `{error: "…"}`, and the On-Prem `{errors: [{code, title, details}]}`. Undefined for anything else.
 */
export function parseError(body: unknown): ParsedError | undefined {
  if (!isRecord(body)) return undefined;
  const { error, errors, meta } = body;
  if (isRecord(error)) return fromGraph(error);
  const [first]: unknown[] = Array.isArray(errors) ? errors : [];
  if (isRecord(first)) return fromList(first);
  const text = textOf(error) ?? (isRecord(meta) ? textOf(meta['developer_message']) : undefined);
  return text === undefined ? undefined : { code: undefined, title: text, message: text };
}

function fromGraph(error: JsonRecord): ParsedError {
  const message = textOf(error['message']) ?? 'Unknown error';
  const data = isRecord(error['error_data']) ? error['error_data'] : {};
  return {
    code: codeOf(error['code']),
    title: message.replace(CODE_PREFIX, ''),
    message,
    ...detailsOf(data['details']),
    ...traceOf(error['fbtrace_id']),
  };
}

function fromList(error: JsonRecord): ParsedError {
  const title = textOf(error['title']) ?? textOf(error['message']) ?? 'Unknown error';
  const data = isRecord(error['error_data']) ? error['error_data'] : {};
  return {
    code: codeOf(error['code']),
    title,
    message: textOf(error['message']) ?? title,
    ...detailsOf(error['details'] ?? data['details']),
  };
}

function detailsOf(details: unknown): { error_data?: { details: string } } {
  const text = textOf(details);
  return text === undefined ? {} : { error_data: { details: text } };
}

function traceOf(trace: unknown): { fbtrace_id?: string } {
  const text = textOf(trace);
  return text === undefined ? {} : { fbtrace_id: text };
}

function codeOf(code: unknown): number | undefined {
  const number = Number(textOf(code));
  return Number.isSafeInteger(number) ? number : undefined;
}
