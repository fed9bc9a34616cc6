import { isRecord, textOf, type JsonRecord } from './json-record.ts';

/**
 * WhatsApp's errors as the inbox shows them: `details` stands beside `code` and `title`, where On-Prem had
 * it and clients of the get.chat API look for it. Nothing is taken away; what is no object is left out.
 */
export function shownErrors(errors: readonly unknown[]): JsonRecord[] {
  return errors.filter(isRecord).map((error) => {
    const details = detailsOf(error);
    return details === undefined ? error : { ...error, details };
  });
}

function detailsOf(error: JsonRecord): string | undefined {
  const data = isRecord(error['error_data']) ? error['error_data'] : {};
  const said = [error['details'], data['details'], error['message'], error['title']];
  return said.map(textOf).find((text) => text !== undefined);
}
