import { isRecord, listOf, textOf, type JsonRecord } from '../../waba/json-record.ts';

/**
 * Why WABA did not do what it answers with success to: `failed_users` in its `block_users`. Undefined
 * where nobody failed. Each call of ours names one customer.
 */
export function failureIn(answer: JsonRecord): string | undefined {
  const users = isRecord(answer['block_users']) ? answer['block_users'] : {};
  const [failed] = listOf(users['failed_users']);
  if (!isRecord(failed)) return undefined;
  const [error] = listOf(failed['errors']);
  const words = isRecord(error) ? (textOf(error['message']) ?? textOf(error['title'])) : undefined;
  return words ?? 'WhatsApp refused it.';
}
